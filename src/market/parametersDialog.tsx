/** The form that asks for a publisher's consumer parameters. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { FieldTemplateProps, ValidatorType } from '@rjsf/utils';
import * as React from 'react';

import type { IConsumerParameter } from '../ocean/asset';
import { formDefaults, fromForm, misfit, parameterSchema } from './parameters';
import type { UserData } from './ports';
import '../../style/market-buy.css';

/** The checks are those of a node (`misfit`): the form adds none. */
const noValidator: ValidatorType<ReadonlyJSONObject> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  toErrorList: () => [],
  isValid: (schema, data) => !('const' in schema) || schema.const === data,
  rawValidation: () => ({ errors: [] })
};

/** A field with a real label, and its hint told to assistive technology. */
function Field(props: FieldTemplateProps): React.JSX.Element {
  const { id, label, required, displayLabel, children, schema } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  return (
    <div className="jp-web3-parameter">
      {displayLabel && (
        <label htmlFor={id}>
          {label}
          {required && <span aria-hidden="true"> *</span>}
        </label>
      )}
      {children}
      {/* The fields name this id in `aria-describedby`. */}
      {displayLabel && props.rawDescription && (
        <p id={`${id}__description`} className="jp-web3-asset-quiet">
          {props.rawDescription}
        </p>
      )}
    </div>
  );
}

const templates = { FieldTemplate: Field };

class ParametersForm extends ReactWidget {
  constructor(
    private _parameters: readonly IConsumerParameter[],
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-parameters');
    this._values = formDefaults(_parameters);
  }

  getValue(): UserData {
    return fromForm(this._parameters, this._values);
  }

  /** The problem with what was entered, in words; null when all fits. */
  problem(): string | null {
    const wrong = misfit(this._parameters, this.getValue());
    const label =
      this._parameters.find(({ name }) => name === wrong?.name)?.label ?? '';
    switch (wrong?.why) {
      case undefined:
        return null;
      case 'missing':
        return this._trans.__('“%1” is needed.', label);
      default:
        return this._trans.__('“%1” does not fit.', label);
    }
  }

  tell(): void {
    this._told = true;
    this.update();
  }

  protected render(): React.JSX.Element {
    const problem = this._told ? this.problem() : null;
    return (
      <>
        <p>
          {this._trans.__(
            'The publisher asks for this. What you enter is sent to the asset’s Ocean Node and shapes what you get.'
          )}
        </p>
        <FormComponent
          schema={parameterSchema(this._parameters)}
          formData={this._values as ReadonlyJSONObject}
          validator={noValidator}
          tagName="div"
          showErrorList={false}
          liveValidate={false}
          templates={templates}
          formContext={{ defaultFormData: {} }}
          onChange={({ formData }) => {
            this._values = formData ?? {};
            this.update();
          }}
        />
        <p
          role="alert"
          className={problem ? 'jp-web3-asset-problem' : undefined}
        >
          {problem}
        </p>
      </>
    );
  }

  private _values: Readonly<Record<string, unknown>>;
  private _told = false;
}

/** A dialog that stays open while something needed is missing. */
class ParametersDialog extends Dialog<UserData> {
  constructor(
    private _form: ParametersForm,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('Before the download'),
      body: _form,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: trans.__('Download') })
      ]
    });
  }

  resolve(index?: number): void {
    const accepts = index === undefined || index === 1;
    if (accepts && this._form.problem() !== null) {
      this._form.tell();
      return;
    }
    super.resolve(index);
  }
}

/** Ask for the values; null when the person leaves the form. */
export async function askParameters(
  parameters: readonly IConsumerParameter[],
  trans: TranslationBundle
): Promise<UserData | null> {
  const form = new ParametersForm(parameters, trans);
  const { button, value } = await new ParametersDialog(form, trans).launch();
  return button.accept ? value : null;
}
