/** Who may buy: accounts and lists on the chain, and the lists themselves. */
import * as React from 'react';

import type { IAccessRule, IAsset } from '../ocean/asset';
import type { IAccessList } from '../ocean/accessList';
import { checkedAddress } from '../ocean/states';
import { Address, shortAddress } from '../ui/address';
import { useDraft } from './manageDrafts';
import { receiverProblem } from './manageReceiver';
import { otherRules, ruleWords } from './manageRules';
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
  offered: string[];
  trans: ISectionProps['trans'];
  onChange: (chosen: string[]) => void;
}): React.JSX.Element {
  const { chosen, lists, trans } = props;
  const all = [...new Set([...props.offered, ...chosen])];
  const nameOf = (address: string): string => {
    const list = lists.find(one => one.address === address);
    return list
      ? trans.__('%1 (%2)', list.name, shortAddress(address))
      : address;
  };
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
          {nameOf(address)}
        </label>
      ))}
    </fieldset>
  );
}

function Rules(props: ISectionProps): React.JSX.Element {
  const { model, state, trans } = props;
  const before = formOf(state.asset);
  const [form, set, clear] = useDraft(model.drafts, 'access', before);
  const known = [...state.lists, ...state.foreignLists];
  const others = otherRules(state.asset);
  // What another program wrote is not judged.
  const was = linesOf(`${before.allow}\n${before.deny}`);
  const bad = [...wrong(form.allow), ...wrong(form.deny)].filter(
    line => !was.includes(line)
  );
  const isSame = JSON.stringify(form) === JSON.stringify(before);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        press(async () => {
          await model.saveRecord({
            access: {
              allow: { accounts: linesOf(form.allow), lists: form.allowLists },
              deny: { accounts: linesOf(form.deny), lists: form.denyLists }
            }
          });
          clear();
        });
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
        <ListChoice
          label={trans.__('Who is on one of these lists may')}
          lists={known}
          offered={[
            ...state.lists.map(({ address }) => address),
            ...before.allowLists
          ]}
          chosen={form.allowLists}
          trans={trans}
          onChange={allowLists => set({ allowLists })}
        />
      )}
      {before.denyLists.length > 0 && (
        <>
          <ListChoice
            label={trans.__('Who is on one of these lists may not')}
            lists={known}
            offered={before.denyLists}
            chosen={form.denyLists}
            trans={trans}
            onChange={denyLists => set({ denyLists })}
          />
          <p role="note" className="jp-web3-asset-problem">
            {trans.__(
              'Such a list keeps nobody out who does not want it to: who is on it can strike itself off. Name the accounts in “These accounts may not” instead.'
            )}
          </p>
        </>
      )}
      {state.foreignLists.map(list => (
        <p key={list.address} className="jp-web3-asset-quiet">
          {trans.__('“%1” is a list of another account:', list.name)}{' '}
          <Address address={list.owner} trans={trans} />{' '}
          {trans.__('That account decides who is on it.')}
        </p>
      ))}
      {state.asset?.access.matchAllow !== 'any' &&
        (state.asset?.access.allow.length ?? 0) > 1 && (
          <p role="note" className="jp-web3-asset-quiet">
            {trans.__(
              'Another program wrote several rules of who may: an account has to fit all of them.'
            )}
          </p>
        )}
      {others.length > 0 && (
        <>
          <p className="jp-web3-asset-quiet">
            {trans.__(
              'Rules that another program made. They count too, and stay as they are:'
            )}
          </p>
          <ul aria-label={trans.__('Rules that stay as they are')}>
            {others.map((rule, at) => (
              <li key={at}>{ruleWords(rule, trans)}</li>
            ))}
          </ul>
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
  const [{ account }, set] = useDraft(model.drafts, `list ${list.address}`, {
    account: ''
  });
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
              set({ account: '' });
            });
          }}
        >
          <TextField
            label={trans.__('Account to add')}
            value={account}
            placeholder={ADDRESS}
            problem={receiverProblem(account, props)}
            onChange={value => set({ account: value })}
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
  const [{ name }, set] = useDraft(model.drafts, 'new list', { name: '' });
  return (
    <>
      <h3>{trans.__('Your lists on the chain')}</h3>
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'A list is a contract of yours. Adding or removing an account takes one transaction, and counts at once for every asset that uses the list. Who is on a list can leave it.'
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
            set({ name: '' });
          });
        }}
      >
        <TextField
          label={trans.__('Name of a new list')}
          value={name}
          onChange={value => set({ name: value })}
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
      <TaskStatus {...props} tasks={['access']} />
      <Lists {...props} />
      <TaskStatus {...props} tasks={['new-list', 'list-add', 'list-remove']} />
    </Section>
  );
}
