/** In which state the asset is, and handing it to somebody else. */
import * as React from 'react';

import {
  PLACEHOLDER_STATES,
  STATES,
  stateName,
  type StateName
} from '../ocean/states';
import { shortAddress } from '../ui/address';
import { useDraft } from './manageDrafts';
import {
  ADDRESS,
  press,
  Prompts,
  Section,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';
import { addressOf, receiverProblem } from './manageReceiver';
import { waitingIn } from './manageSplit';
import { stateWords } from './manageWords';

export function StateSection(props: ISectionProps): React.JSX.Element {
  const { model, state, trans, handlers } = props;
  const now = stateName(state.nft?.state ?? 0) ?? 'active';
  const [{ chosen }, set, clear] = useDraft<{ chosen: StateName }>(
    model.drafts,
    'state',
    { chosen: now }
  );
  const group = React.useId();
  const change = async (): Promise<void> => {
    const words = stateWords(chosen, trans);
    const goes = PLACEHOLDER_STATES.includes(STATES[chosen]);
    const isSure =
      !goes ||
      (await handlers.confirm(
        trans.__('Make it “%1”?', words.label),
        trans.__(
          '%1 What is on IPFS stays readable for those who have it.',
          words.meaning
        ),
        words.label
      ));
    if (isSure) {
      await model.setState(chosen);
      clear();
    }
  };
  return (
    <Section title={trans.__('Availability')}>
      <p>
        {state.nft?.hasMetadata
          ? trans.__('Now: %1.', stateWords(now, trans).label)
          : trans.__(
              'Never finished: it has no description, so nobody finds or orders it.'
            )}{' '}
        {state.nft?.hasMetadata && stateWords(now, trans).meaning}
      </p>
      {state.isForgotten ? (
        <>
          <p>
            {trans.__(
              'Its description is still on the chain, as the Ocean Node encrypted it. Bringing it back writes it there again, on sale.'
            )}
          </p>
          {!state.isIndexed && state.nodeProblem === null && (
            <p role="note" className="jp-web3-asset-problem">
              {trans.__(
                'This Ocean Node has nothing of it. The Ocean Nodes of today list an asset again only where they listed it before: else their operator has to let them read its first transaction again, once it is back.'
              )}
            </p>
          )}
          <Prompts transactions={1} trans={trans} />
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={state.busy !== null}
            onClick={() => press(() => model.bringBack())}
          >
            {trans.__('Bring it back')}
          </button>
        </>
      ) : (
        <form
          onSubmit={event => {
            event.preventDefault();
            press(change);
          }}
        >
          <fieldset className="jp-web3-manage-states">
            <legend>{trans.__('Change to')}</legend>
            {(Object.keys(STATES) as StateName[]).map(name => {
              const words = stateWords(name, trans);
              return (
                <div key={name}>
                  <label className="jp-web3-manage-check">
                    <input
                      type="radio"
                      name={group}
                      checked={chosen === name}
                      aria-describedby={`${group}-${name}`}
                      onChange={() => set({ chosen: name })}
                    />
                    {words.label}
                  </label>
                  <p id={`${group}-${name}`} className="jp-web3-asset-quiet">
                    {words.meaning}
                  </p>
                </div>
              );
            })}
          </fieldset>
          <Prompts transactions={1} trans={trans} />
          <button
            type="submit"
            className="jp-mod-styled jp-mod-accept"
            disabled={chosen === now || state.busy !== null}
          >
            {trans.__('Change availability')}
          </button>
        </form>
      )}
      <TaskStatus {...props} tasks={['state', 'bring-back']} />
    </Section>
  );
}

/** Characters at the end of an address that are typed again. */
const AGAIN = 6;

export function TransferSection(props: ISectionProps): React.JSX.Element {
  const { model, state, trans, handlers } = props;
  const [{ to, again }, set, clear] = useDraft(model.drafts, 'transfer', {
    to: '',
    again: ''
  });
  const receiver = addressOf(to);
  const isSelf = [state.nft?.owner, state.nft?.address].includes(
    receiver ?? ''
  );
  const waiting = [
    waitingIn(state.splitterHolds, ...state.sales),
    ...state.formerSplitters.map(({ holds }) =>
      waitingIn(holds, ...state.sales)
    )
  ].filter(Boolean);
  const rules = state.asset?.access;
  const named = [...(rules?.allow ?? []), ...(rules?.deny ?? [])].flatMap(
    ({ values }) => values.map(value => value.toLowerCase())
  );
  const lists = state.lists.filter(({ address }) =>
    named.includes(address.toLowerCase())
  );
  const isTyped =
    receiver !== null &&
    again.trim().toLowerCase() === receiver.slice(-AGAIN).toLowerCase();
  const hand = async (): Promise<void> => {
    if (
      receiver &&
      (await handlers.confirm(
        trans.__(
          'Hand “%1” to %2?',
          state.asset?.name ?? state.nft?.name ?? '',
          shortAddress(receiver)
        ),
        trans.__(
          'This can’t be taken back: only %1 could hand it over again. From then on that account owns the asset, changes it and is paid for it. You keep what was paid before; this account can change nothing of the asset any more.',
          receiver
        ) +
          (lists.length
            ? ' ' +
              trans.__(
                'These lists of accounts stay yours: %1. You go on deciding who is on them, and so who may buy, until the new owner takes them out of its rules.',
                lists.map(({ name }) => `“${name}”`).join(', ')
              )
            : '') +
          (waiting.length
            ? ' ' +
              trans.__(
                '%1 still wait in contracts that shared revenue: have them paid out first.',
                waiting.join(', ')
              )
            : ''),
        trans.__('Hand it over')
      ))
    ) {
      await model.transfer(receiver);
      clear();
    }
  };
  return (
    <Section title={trans.__('Hand it over')}>
      <p>
        {trans.__(
          'Gives the asset to another account, for good. With it go: the right to change it, its price and its sale, and all payments from then on. What the exchange holds is paid out first, to who is paid now; then the new owner is paid. All other roles are cleared. Orders of buyers stay valid. Lists of accounts on the chain do not go with it: they stay yours.'
        )}
      </p>
      {state.nft && !state.nft.transferable ? (
        <p>{trans.__('This asset was made so that it can’t change hands.')}</p>
      ) : (
        <form
          onSubmit={event => {
            event.preventDefault();
            press(hand);
          }}
        >
          <TextField
            label={trans.__('New owner')}
            value={to}
            placeholder={ADDRESS}
            problem={
              isSelf
                ? trans.__('It is its own owner already.')
                : receiverProblem(to, props)
            }
            onChange={value => set({ to: value })}
          />
          <TextField
            label={trans.__('Type its last %1 characters again', AGAIN)}
            value={again}
            onChange={value => set({ again: value })}
          />
          <Prompts transactions={1} trans={trans} />
          <button
            type="submit"
            className="jp-mod-styled jp-mod-warn"
            disabled={!isTyped || isSelf || state.busy !== null}
          >
            {trans.__('Hand it over…')}
          </button>
        </form>
      )}
      <TaskStatus {...props} tasks={['transfer']} />
    </Section>
  );
}
