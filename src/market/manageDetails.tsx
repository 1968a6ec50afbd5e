/** What buyers read of an asset, what they are asked, how long an order lasts. */
import * as React from 'react';

import type { IConsumerParameter } from '../ocean/asset';
import { parametersProblem, type IRecordChange } from '../ocean/record';
import { useDraft } from './manageDrafts';
import { ParametersEditor } from './manageParameters';
import {
  Field,
  press,
  Prompts,
  Section,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';

interface IForm {
  name: string;
  description: string;
  author: string;
  license: string;
  tags: string;
  sample: string;
  timeout: string;
  parameters: IConsumerParameter[];
}

function formOf(state: ISectionProps['state']): IForm {
  const { asset, record } = state;
  // As it is written: what is shown elsewhere is tamed.
  const { metadata = {} } = record ?? {};
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : '';
  const list = (value: unknown): string[] =>
    Array.isArray(value) ? value.map(text).filter(Boolean) : [];
  return {
    name: text(metadata.name),
    description: text(metadata.description),
    author: text(metadata.author),
    license: text(metadata.license),
    tags: list(metadata.tags).join(', '),
    sample: list(metadata.links)[0] ?? '',
    timeout: String(asset?.service?.timeout ?? 0),
    parameters: asset?.service?.parameters ?? []
  };
}

/** Only what differs is written. */
function changeOf(before: IForm, now: IForm): IRecordChange {
  const change: IRecordChange = {};
  for (const name of ['name', 'description', 'author', 'license'] as const) {
    if (now[name].trim() !== before[name].trim()) {
      change[name] = now[name];
    }
  }
  if (now.tags !== before.tags) {
    change.tags = now.tags.split(',');
  }
  if (now.sample.trim() !== before.sample.trim()) {
    change.sample = now.sample.trim() || null;
  }
  if (now.timeout !== before.timeout) {
    change.timeout = Number(now.timeout);
  }
  if (JSON.stringify(now.parameters) !== JSON.stringify(before.parameters)) {
    change.parameters = now.parameters;
  }
  return change;
}

function problemOf(form: IForm, trans: ISectionProps['trans']): string | null {
  if (form.name.trim().length < 4) {
    return trans.__('The name needs at least 4 characters.');
  }
  if (form.description.trim().length < 10) {
    return trans.__('The description needs at least 10 characters.');
  }
  if (!form.author.trim() || !form.license.trim()) {
    return trans.__('Author and licence can’t be empty.');
  }
  if (form.sample && !/^(https?|ipfs):\/\/\S+$/.test(form.sample.trim())) {
    return trans.__('The sample is a link (https:// or ipfs://).');
  }
  if (!/^[0-9]{1,10}$/.test(form.timeout)) {
    return trans.__('The time is a whole number of seconds.');
  }
  switch (parametersProblem(form.parameters)) {
    case 'no-name':
      return trans.__(
        'Each question needs a name of letters, digits, - and _.'
      );
    case 'same-name':
      return trans.__('Two questions have the same name.');
    case 'no-options':
      return trans.__('A question with a choice needs options.');
    case 'bad-default':
      return trans.__('A default does not fit its question.');
    case null:
      return null;
  }
}

export function DetailsSection(props: ISectionProps): React.JSX.Element {
  const { model, state, trans } = props;
  const before = formOf(state);
  // What was written meanwhile is shown where nothing was typed.
  const [form, set, clear] = useDraft(model.drafts, 'details', before);
  const change = changeOf(before, form);
  const problem = problemOf(form, trans);
  const isSame = Object.keys(change).length === 0;
  return (
    <Section title={trans.__('Description')}>
      <form
        onSubmit={event => {
          event.preventDefault();
          press(async () => {
            await model.saveRecord(change);
            clear();
          });
        }}
      >
        <TextField
          label={trans.__('Name')}
          value={form.name}
          onChange={name => set({ name })}
        />
        <Field label={trans.__('Description (Markdown)')}>
          {id => (
            <textarea
              id={id}
              className="jp-mod-styled"
              rows={5}
              value={form.description}
              onChange={event => set({ description: event.target.value })}
            />
          )}
        </Field>
        <TextField
          label={trans.__('Author')}
          value={form.author}
          onChange={author => set({ author })}
        />
        <TextField
          label={trans.__('Licence')}
          value={form.license}
          onChange={license => set({ license })}
        />
        <TextField
          label={trans.__('Tags, separated by commas')}
          value={form.tags}
          onChange={tags => set({ tags })}
        />
        <TextField
          label={trans.__('Sample (link that anybody may open)')}
          value={form.sample}
          onChange={sample => set({ sample })}
        />
        <TextField
          label={trans.__('An order lasts (seconds; 0 = for ever)')}
          hint={trans.__(
            'It counts for earlier orders too: who bought for ever can no longer download once a shorter time is over.'
          )}
          value={form.timeout}
          onChange={timeout => set({ timeout })}
        />
        <ParametersEditor
          parameters={form.parameters}
          trans={trans}
          onChange={parameters => set({ parameters })}
        />
        {problem && !isSame && (
          <p className="jp-web3-asset-problem" role="alert">
            {problem}
          </p>
        )}
        <Prompts signatures={1} transactions={1} trans={trans} />
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={
            isSame || problem !== null || state.busy !== null || state.isStale
          }
        >
          {trans.__('Save changes')}
        </button>
      </form>
      <TaskStatus {...props} tasks={['record']} />
    </Section>
  );
}
