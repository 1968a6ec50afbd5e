/** Who may buy: accounts and lists on the chain, and the lists themselves. */
import * as React from 'react';

import type { IAccessRule, IAsset } from '../ocean/asset';
import type { IAccessList } from '../ocean/accessList';
import { checkedAddress } from '../ocean/states';
import { Address } from '../ui/address';
import {
  ADDRESS,
  Field,
  press,
  Prompts,
  Section,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';

interface IForm {
  allow: string;
  deny: string;
  allowLists: string[];
  denyLists: string[];
}

const valuesOf = (
  rules: IAccessRule[],
  type: IAccessRule['type']
): string[] => [
  ...new Set(
    rules.filter(rule => rule.type === type).flatMap(({ values }) => values)
  )
];

/** With the checksum, where it is an address at all. */
const shown = (value: string): string => {
  try {
    return checkedAddress(value);
  } catch {
    // As somebody wrote it, so that it can be seen and struck out.
    return value;
  }
};

function formOf(asset: IAsset | null): IForm {
  const { allow = [], deny = [] } = asset?.access ?? {};
  return {
    allow: valuesOf(allow, 'address').map(shown).join('\n'),
    deny: valuesOf(deny, 'address').map(shown).join('\n'),
    allowLists: valuesOf(allow, 'accessList').map(shown),
    denyLists: valuesOf(deny, 'accessList').map(shown)
  };
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map(line => line.trim())
    .filter(Boolean);

const wrong = (text: string): string[] =>
  linesOf(text).filter(line => {
    try {
      checkedAddress(line);
      return false;
    } catch {
      return true;
    }
  });

function ListChoice(props: {
  label: string;
  chosen: string[];
  lists: IAccessList[];
  onChange: (chosen: string[]) => void;
}): React.JSX.Element {
  const { chosen, lists } = props;
  const all = [...new Set([...lists.map(({ address }) => address), ...chosen])];
  return (
    <fieldset>
      <legend>{props.label}</legend>
      {all.map(address => (
        <label key={address} className="jp-web3-manage-check">
          <input
            type="checkbox"
            checked={chosen.includes(address)}
            onChange={event =>
              props.onChange(
                event.target.checked
                  ? [...chosen, address]
                  : chosen.filter(one => one !== address)
              )
            }
          />
          {lists.find(list => list.address === address)?.name ?? address}
        </label>
      ))}
    </fieldset>
  );
}

function Rules(props: ISectionProps): React.JSX.Element {
  const { model, state, trans } = props;
  const before = formOf(state.asset);
  const [form, setForm] = React.useState(before);
  const tx = state.asset?.event?.tx;
  React.useEffect(() => setForm(formOf(state.asset)), [tx]);
  const set = (patch: Partial<IForm>): void => setForm({ ...form, ...patch });
  const bad = [...wrong(form.allow), ...wrong(form.deny)];
  const isSame = JSON.stringify(form) === JSON.stringify(before);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        press(() =>
          model.saveRecord({
            access: {
              allow: { accounts: linesOf(form.allow), lists: form.allowLists },
              deny: { accounts: linesOf(form.deny), lists: form.denyLists }
            }
          })
        );
      }}
    >
      <Field
        label={trans.__('Only these accounts may buy and download')}
        hint={trans.__('One a line; empty: everybody may.')}
      >
        {id => (
          <textarea
            id={id}
            className="jp-mod-styled"
            rows={3}
            spellCheck={false}
            value={form.allow}
            onChange={event => set({ allow: event.target.value })}
          />
        )}
      </Field>
      <Field label={trans.__('These accounts may not')}>
        {id => (
          <textarea
            id={id}
            className="jp-mod-styled"
            rows={3}
            spellCheck={false}
            value={form.deny}
            onChange={event => set({ deny: event.target.value })}
          />
        )}
      </Field>
      {(state.lists.length > 0 || before.allowLists.length > 0) && (
        <>
          <ListChoice
            label={trans.__('Who is on one of these lists may')}
            lists={state.lists}
            chosen={form.allowLists}
            onChange={allowLists => set({ allowLists })}
          />
          <ListChoice
            label={trans.__('Who is on one of these lists may not')}
            lists={state.lists}
            chosen={form.denyLists}
            onChange={denyLists => set({ denyLists })}
          />
        </>
      )}
      {bad.length > 0 && (
        <p role="alert" className="jp-web3-asset-problem">
          {trans.__('No address, or mistyped: %1', bad.join(', '))}
        </p>
      )}
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'The Ocean Node asks at each order and each download: who is struck out can’t download again what was bought. Everybody can read these lists.'
        )}
      </p>
      <Prompts signatures={1} transactions={1} trans={trans} />
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept"
        disabled={
          isSame || bad.length > 0 || state.busy !== null || state.isStale
        }
      >
        {trans.__('Save who may buy')}
      </button>
    </form>
  );
}

function List(props: ISectionProps & { list: IAccessList }): React.JSX.Element {
  const { model, state, trans, list } = props;
  const [account, setAccount] = React.useState('');
  return (
    <li>
      <div role="group" aria-label={list.name}>
        <strong>{list.name}</strong>{' '}
        <Address address={list.address} trans={trans} />
        <ul>
          {list.members.map(member => (
            <li key={String(member.token)}>
              <Address address={member.account} trans={trans} />{' '}
              <button
                type="button"
                className="jp-mod-styled"
                disabled={state.busy !== null}
                aria-label={trans.__('Remove %1', member.account)}
                onClick={() =>
                  press(() => model.removeFromList(list.address, member.token))
                }
              >
                {trans.__('Remove')}
              </button>
            </li>
          ))}
        </ul>
        <form
          className="jp-web3-manage-row"
          onSubmit={event => {
            event.preventDefault();
            press(async () => {
              await model.addToList(list.address, account);
              setAccount('');
            });
          }}
        >
          <TextField
            label={trans.__('Account to add')}
            value={account}
            placeholder={ADDRESS}
            onChange={setAccount}
          />
          <button
            type="submit"
            className="jp-mod-styled"
            disabled={
              !account || wrong(account).length > 0 || state.busy !== null
            }
          >
            {trans.__('Add')}
          </button>
        </form>
      </div>
    </li>
  );
}

function Lists(props: ISectionProps): React.JSX.Element {
  const { model, state, trans } = props;
  const [name, setName] = React.useState('');
  return (
    <>
      <h3>{trans.__('Your lists on the chain')}</h3>
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'A list is a contract of yours. Adding or removing an account takes one transaction, and counts at once for every asset that uses the list.'
        )}
      </p>
      <ul aria-label={trans.__('Your lists on the chain')}>
        {state.lists.map(list => (
          <List key={list.address} {...props} list={list} />
        ))}
      </ul>
      <form
        className="jp-web3-manage-row"
        onSubmit={event => {
          event.preventDefault();
          press(async () => {
            await model.newList(name, []);
            setName('');
          });
        }}
      >
        <TextField
          label={trans.__('Name of a new list')}
          value={name}
          onChange={setName}
        />
        <button
          type="submit"
          className="jp-mod-styled"
          disabled={!name.trim() || state.busy !== null}
        >
          {trans.__('Make a list')}
        </button>
      </form>
      <Prompts transactions={1} trans={trans} />
    </>
  );
}

export function AccessSection(props: ISectionProps): React.JSX.Element {
  return (
    <Section title={props.trans.__('Who may buy')}>
      <Rules {...props} />
      <TaskStatus {...props} tasks={['record']} />
      <Lists {...props} />
      <TaskStatus {...props} tasks={['new-list', 'list-add', 'list-remove']} />
    </Section>
  );
}
