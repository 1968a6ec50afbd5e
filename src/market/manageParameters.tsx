/** What buyers are asked when they order: a list of questions to edit. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IConsumerParameter } from '../ocean/asset';
import { Field, TextField } from './manageParts';

const EMPTY: IConsumerParameter = {
  name: '',
  type: 'text',
  label: '',
  required: false,
  description: '',
  default: '',
  options: []
};

/** One option a line: `value: label`. */
const toText = (options: IConsumerParameter['options']): string =>
  options
    .map(({ value, label }) => (value === label ? value : `${value}: ${label}`))
    .join('\n');

const toOptions = (text: string): IConsumerParameter['options'] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .map(line => {
      const [value, ...rest] = line.split(':');
      return {
        value: value.trim(),
        label: rest.join(':').trim() || value.trim()
      };
    });

function Parameter(props: {
  parameter: IConsumerParameter;
  at: number;
  trans: TranslationBundle;
  onChange: (parameter: IConsumerParameter) => void;
  onRemove: () => void;
}): React.JSX.Element {
  const { parameter, at, trans, onChange } = props;
  const [options, setOptions] = React.useState(toText(parameter.options));
  const set = (patch: Partial<IConsumerParameter>): void =>
    onChange({ ...parameter, ...patch });
  const types: Record<IConsumerParameter['type'], string> = {
    text: trans.__('Text'),
    number: trans.__('Number'),
    boolean: trans.__('Yes or no'),
    select: trans.__('Choice')
  };
  return (
    <fieldset className="jp-web3-manage-parameter">
      <legend>{trans.__('Question %1', at + 1)}</legend>
      <TextField
        label={trans.__('Name for the program')}
        value={parameter.name}
        onChange={name => set({ name })}
      />
      <TextField
        label={trans.__('Question as buyers read it')}
        value={parameter.label}
        onChange={label => set({ label })}
      />
      <TextField
        label={trans.__('Explanation')}
        value={parameter.description}
        onChange={description => set({ description })}
      />
      <Field label={trans.__('Kind of answer')}>
        {id => (
          <select
            id={id}
            className="jp-mod-styled"
            value={parameter.type}
            onChange={event =>
              set({ type: event.target.value as IConsumerParameter['type'] })
            }
          >
            {Object.entries(types).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {parameter.type === 'select' && (
        <Field
          label={trans.__('Options')}
          hint={trans.__('One a line: value, or value: what buyers read.')}
        >
          {id => (
            <textarea
              id={id}
              className="jp-mod-styled"
              rows={3}
              value={options}
              onChange={event => {
                setOptions(event.target.value);
                set({ options: toOptions(event.target.value) });
              }}
            />
          )}
        </Field>
      )}
      <TextField
        label={trans.__('Default answer')}
        value={parameter.default}
        onChange={value => set({ default: value })}
      />
      <label className="jp-web3-manage-check">
        <input
          type="checkbox"
          checked={parameter.required}
          onChange={event => set({ required: event.target.checked })}
        />
        {trans.__('Must be answered')}
      </label>
      <button
        type="button"
        className="jp-mod-styled"
        aria-label={trans.__('Remove question %1', at + 1)}
        onClick={props.onRemove}
      >
        {trans.__('Remove')}
      </button>
    </fieldset>
  );
}

export function ParametersEditor(props: {
  parameters: IConsumerParameter[];
  trans: TranslationBundle;
  onChange: (parameters: IConsumerParameter[]) => void;
}): React.JSX.Element {
  const { parameters, trans, onChange } = props;
  return (
    <div
      role="group"
      aria-label={trans.__('Questions to buyers')}
      className="jp-web3-manage-parameters"
    >
      <h3>{trans.__('Questions to buyers')}</h3>
      {parameters.length === 0 && (
        <p className="jp-web3-asset-quiet">
          {trans.__('Buyers are asked nothing when they order.')}
        </p>
      )}
      {parameters.map((parameter, at) => (
        <Parameter
          key={at}
          parameter={parameter}
          at={at}
          trans={trans}
          onChange={changed =>
            onChange(parameters.map((one, i) => (i === at ? changed : one)))
          }
          onRemove={() => onChange(parameters.filter((_, i) => i !== at))}
        />
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => onChange([...parameters, EMPTY])}
      >
        {trans.__('Add a question')}
      </button>
    </div>
  );
}
