/** Registers a pinning service: address and key, tried before the dialog closes. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { Signal, type ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Problem } from '../ui/errors';
import { toPinningError, type PinningError } from './errors';
import type { ServiceProvider } from './service';
import type { IServiceDraft, Services } from './services';
import { TEMPLATES } from './templates';
import { problemWords } from './words';
import '../../style/pinning.css';
import '../../style/publish.css';

/** What the form holds, and what is being done with it. */
class ServiceForm {
  constructor(
    private _services: Services,
    readonly old: ServiceProvider | null
  ) {
    this.draft = { ...(old?.info ?? TEMPLATES[0].service), key: '' };
  }

  draft: IServiceDraft;
  template = 0;
  busy = false;
  problem: PinningError | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  set(part: Partial<IServiceDraft>): void {
    this.draft = { ...this.draft, ...part };
    this._changed.emit();
  }

  use(template: number): void {
    this.template = template;
    this.set(TEMPLATES[template].service);
  }

  /** Register it and try it; one that does not work is not kept. */
  async submit(): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    this._changed.emit();
    try {
      const { name, endpoint, upload, ...rest } = this.draft;
      const service = await this._services.put({
        ...rest,
        name: name.trim(),
        endpoint: endpoint.trim(),
        upload: upload.trim()
      });
      try {
        await service.test();
      } catch (error) {
        if (!this.old) {
          await this._services.remove(service.label);
        }
        throw error;
      }
      return true;
    } catch (error) {
      this.problem = toPinningError(error);
      return false;
    } finally {
      this.busy = false;
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
}

function Field(props: {
  label: string;
  hint?: string;
  children: React.ReactElement;
}): React.JSX.Element {
  const id = React.useId();
  const { label, hint, children } = props;
  return (
    <div className="jp-web3-field">
      <label className="jp-web3-field-label" htmlFor={id}>
        {label}
      </label>
      {React.cloneElement(children, {
        id,
        'aria-describedby': hint ? `${id}-hint` : undefined
      })}
      {hint && (
        <span className="jp-web3-pin-listDetail" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

function Fields(props: {
  form: ServiceForm;
  kept: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { form, kept, trans } = props;
  const { draft, old, problem, busy } = form;
  const { keys } = TEMPLATES[form.template];
  const words = problem && problemWords(trans, problem);
  return (
    <>
      {!old && (
        <Field label={trans.__('Service')}>
          <select
            value={form.template}
            onChange={event => form.use(Number(event.target.value))}
          >
            {TEMPLATES.map(({ brand }, index) => (
              <option key={index} value={index}>
                {brand ?? trans.__('Another one')}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label={trans.__('Name')}>
        <input
          type="text"
          value={draft.name}
          readOnly={old !== null}
          maxLength={40}
          onChange={event => form.set({ name: event.target.value })}
        />
      </Field>
      <Field
        label={trans.__('Address of its Pinning Service API')}
        hint={trans.__('https, or http on this machine')}
      >
        <input
          type="text"
          inputMode="url"
          value={draft.endpoint}
          onChange={event => form.set({ endpoint: event.target.value })}
        />
      </Field>
      <Field label={trans.__('How it knows you')}>
        <select
          value={draft.auth}
          onChange={event =>
            form.set({ auth: event.target.value as IServiceDraft['auth'] })
          }
        >
          <option value="bearer">{trans.__('Key (access token)')}</option>
          <option value="basic">{trans.__('User and password')}</option>
        </select>
      </Field>
      <Field
        label={
          draft.auth === 'basic' ? trans.__('User:password') : trans.__('Key')
        }
        hint={
          kept
            ? trans.__(
                'Kept by the Jupyter server, readable by you alone; it never comes back to the browser.'
              )
            : trans.__('Stays in this page and is gone when it is closed.')
        }
      >
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={draft.key}
          placeholder={old ? trans.__('unchanged') : ''}
          onChange={event => form.set({ key: event.target.value })}
        />
      </Field>
      <p role="status">{busy && trans.__('Trying the service…')}</p>
      {problem && words && (
        <Problem
          title={words.title}
          meaning={words.meaning}
          details={{ label: trans.__('Details'), text: problem.message }}
        />
      )}
      {!old && keys && (
        <p>
          <a href={keys} target="_blank" rel="noreferrer noopener">
            {trans.__('Make a key there')}
          </a>
        </p>
      )}
      <details open={draft.upload !== ''}>
        <summary>{trans.__('It takes uploads (ipfs-cluster)')}</summary>
        <Field
          label={trans.__('Address that takes archives')}
          hint={trans.__(
            'The cluster’s own API. With it, nobody has to fetch from your node.'
          )}
        >
          <input
            type="text"
            inputMode="url"
            value={draft.upload}
            onChange={event => form.set({ upload: event.target.value })}
          />
        </Field>
      </details>
    </>
  );
}

class ServiceBody extends ReactWidget {
  constructor(
    readonly form: ServiceForm,
    private _kept: boolean,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-pinDialog');
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this.form.changed}>
        {() => (
          <Fields form={this.form} kept={this._kept} trans={this._trans} />
        )}
      </UseSignal>
    );
  }
}

/** Closes only when the service works, or the person gives up. */
class ServiceDialog extends Dialog<unknown> {
  constructor(
    private _form: ServiceForm,
    options: Partial<Dialog.IOptions<unknown>>
  ) {
    super(options);
  }

  resolve(index?: number): void {
    if (index === 0) {
      super.resolve(0);
    } else if (!this._form.busy) {
      void this._form.submit().then(works => {
        if (works && !this.isDisposed) {
          super.resolve(1);
        }
      });
    }
  }
}

/** Add a service, or change one; false where the person gave up. */
export async function askService(
  services: Services,
  trans: TranslationBundle,
  old: ServiceProvider | null = null
): Promise<boolean> {
  const form = new ServiceForm(services, old);
  const dialog = new ServiceDialog(form, {
    title: old
      ? trans.__('Change “%1”', old.label)
      : trans.__('Add a pinning service'),
    body: new ServiceBody(form, services.areKept, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: old ? trans.__('Save') : trans.__('Add') })
    ]
  });
  const { button } = await dialog.launch();
  return button.accept;
}
