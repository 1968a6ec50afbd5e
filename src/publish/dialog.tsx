/**
 * The publish dialog: one page, the form and a live summary. The wallet is not
 * asked for anything before the person pressed Publish.
 */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { FormComponent, UseSignal } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldTemplateProps,
  RJSFSchema,
  UiSchema,
  ValidatorType
} from '@rjsf/utils';
import * as React from 'react';
import licenses from 'spdx-license-ids/index.json';

import { DialogModel } from './dialogModel';
import { schemas, uiSchema, type FormField, type IFormData } from './form';
import { fieldProblem, formWords, hindranceWords } from './formWords';
import { Summary } from './summary';
import '../../style/pinning.css';
import '../../style/publish.css';

/** The checks are the draft's own (`checkDraft`): the form adds none. */
const noValidator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  toErrorList: () => [],
  isValid: (schema, data) =>
    !('const' in (schema as RJSFSchema)) ||
    (schema as RJSFSchema).const === data,
  rawValidation: () => ({ errors: [] })
};

/** As data: the form compares contexts, and takes all functions for equal. */
interface IFieldContext {
  told: Partial<Record<FormField, string>>;
}

/** A field with a real label, and its problem told to assistive technology. */
function Field(props: FieldTemplateProps): React.JSX.Element {
  const { id, label, required, children, schema, rawDescription } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  const name = id.replace(/^root_/, '') as FormField;
  const problem = (props.formContext as IFieldContext).told[name];
  const isRadio = name === 'price';
  return (
    <div
      className={`jp-web3-field${problem ? ' jp-web3-mod-invalid' : ''}`}
      role={isRadio ? 'radiogroup' : undefined}
      aria-labelledby={isRadio ? `${id}-label` : undefined}
    >
      {isRadio ? (
        <span id={`${id}-label`} className="jp-web3-field-label">
          {label}
        </span>
      ) : (
        <label htmlFor={id} className="jp-web3-field-label">
          {label}
          {required && <span aria-hidden="true"> *</span>}
        </label>
      )}
      {children}
      {problem && (
        <p className="jp-web3-field-problem" role="status">
          {problem}
        </p>
      )}
      {rawDescription && <p className="jp-web3-field-hint">{rawDescription}</p>}
    </div>
  );
}

const templates = { FieldTemplate: Field };

function Form(props: {
  model: DialogModel;
  translator: ITranslator;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, translator, trans } = props;
  const [touched, setTouched] = React.useState<ReadonlySet<string>>(new Set());
  const { form } = model;
  const { main, more } = schemas(
    form,
    model.networks,
    licenses,
    formWords(trans)
  );
  const told: IFieldContext['told'] = {};
  for (const [field, code] of model.problems) {
    if (touched.has(field)) {
      told[field] = fieldProblem(trans, field, code);
    }
  }
  const half = (schema: RJSFSchema): React.JSX.Element => (
    <FormComponent
      schema={schema}
      uiSchema={uiSchema as UiSchema<ReadonlyJSONObject>}
      tagName="div"
      formData={form as unknown as ReadonlyJSONObject}
      formContext={{ told, defaultFormData: {} }}
      validator={noValidator as ValidatorType<ReadonlyJSONObject>}
      templates={templates}
      translator={translator}
      showErrorList={false}
      idPrefix="root"
      onBlur={(id: string) =>
        setTouched(before => new Set(before).add(id.replace(/^root_/, '')))
      }
      onChange={({ formData }) => {
        // An emptied field comes back as undefined.
        const next = { ...form } as Record<string, unknown>;
        for (const name of Object.keys(schema.properties ?? {})) {
          const value = (formData as Record<string, unknown>)[name];
          next[name] = value ?? (name === 'days' ? 0 : '');
        }
        model.form = next as unknown as IFormData;
      }}
    />
  );
  return (
    <div className="jp-web3-publishForm">
      {half(main)}
      <details>
        <summary>
          {trans.__('More: kind, author, sample, how long, sealing')}
        </summary>
        {half(more)}
      </details>
    </div>
  );
}

class Body extends ReactWidget {
  constructor(
    private _model: DialogModel,
    private _translator: ITranslator,
    private _close: () => void
  ) {
    super();
    this.addClass('jp-web3-publishDialog');
  }

  protected render(): React.JSX.Element {
    const trans = this._translator.load('jupyterlab_web3');
    const model = this._model;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <>
            {model.closing && (
              <div className="jp-web3-confirmClose" role="alert">
                <span>{trans.__('Close and lose what you typed?')}</span>
                <button
                  type="button"
                  className="jp-mod-styled"
                  onClick={() => model.setClosing(false)}
                >
                  {trans.__('Keep editing')}
                </button>
                <button
                  type="button"
                  className="jp-mod-styled jp-mod-warn"
                  onClick={this._close}
                >
                  {trans.__('Close')}
                </button>
              </div>
            )}
            <div className="jp-web3-publishColumns">
              <Form model={model} translator={this._translator} trans={trans} />
              <Summary model={model} trans={trans} onJump={this._close} />
            </div>
          </>
        )}
      </UseSignal>
    );
  }
}

class PublishDialog extends Dialog<unknown> {
  constructor(
    private _model: DialogModel,
    translator: ITranslator
  ) {
    const trans = translator.load('jupyterlab_web3');
    super({
      title: trans.__('Publish to Ocean'),
      body: new Body(_model, translator, () => this.reject()),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Publish') })
      ],
      hasClose: false,
      focusNodeSelector: '#root_name'
    });
    this.addClass('jp-web3-publishFrame');
    this.node.setAttribute('aria-label', trans.__('Publish to Ocean'));
    this._trans = trans;
    _model.changed.connect(this._update, this);
    this._update();
  }

  /** Esc closes only what has nothing to lose. */
  handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      if (this._model.closing) {
        this._model.setClosing(false);
      } else if (this._model.dirty) {
        this._model.setClosing(true);
      } else {
        this.reject();
      }
      return;
    }
    super.handleEvent(event);
    if (event.type === 'input') {
      // The base class enables the button by the form's own validity.
      this._update();
    }
  }

  /** Enter, or the button: only when nothing hinders. */
  resolve(index?: number): void {
    if (index !== 0 && this._model.hindrances.length > 0) {
      return;
    }
    super.resolve(index);
  }

  dispose(): void {
    this._model.changed.disconnect(this._update, this);
    super.dispose();
  }

  private _update(): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      '.jp-Dialog-footer .jp-mod-accept'
    );
    if (button) {
      const [hindrance] = this._model.hindrances;
      button.disabled = hindrance !== undefined;
      button.title = hindrance ? hindranceWords(this._trans, hindrance) : '';
    }
  }

  private _trans: TranslationBundle;
}

/**
 * Ask the person what to publish and how.
 *
 * @returns true when Publish was pressed; the model has the draft
 */
export async function askToPublish(
  model: DialogModel,
  translator: ITranslator
): Promise<boolean> {
  const { button } = await new PublishDialog(model, translator).launch();
  return button.accept;
}
