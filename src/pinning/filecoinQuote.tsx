/**
 * What the person sees before anything is asked of the wallet: what it costs,
 * what the wallet will ask, what can't be undone.
 */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IPinRequest } from '../tokens';
import { shortAddress } from '../ui/address';
import { groupDigits } from '../ui/amount';
import { Problem } from '../ui/errors';
import type { FilecoinPrompt } from './filecoinClient';
import { DAYS_LOCKED, type IFilecoinCosts } from './filecoinCosts';
import type { IEndingPlan } from './filecoinEnding';
import type { IFilecoinPerson, ITopUpPlan } from './filecoinPerson';
import {
  exactAmount,
  haveText,
  obstacleWords,
  priceText,
  promptWords,
  quoteWords
} from './filecoinWords';
import '../../style/filecoin.css';

type Trans = TranslationBundle;

/** A figure, exact when pointed at. */
function Amount(props: { units: bigint; symbol: string }): React.JSX.Element {
  const { units, symbol } = props;
  return (
    <span title={exactAmount(units, symbol)}>{priceText(units, symbol)}</span>
  );
}

function Row(props: {
  label: string;
  part?: boolean;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <tr className={props.part ? 'jp-web3-filecoin-part' : undefined}>
      <th scope="row">{props.label}</th>
      <td>{props.children}</td>
    </tr>
  );
}

/** The prompts to come, numbered. */
function Prompts(props: {
  prompts: readonly FilecoinPrompt[];
  costs: Pick<IFilecoinCosts, 'deposit' | 'testnet'>;
  trans: Trans;
}): React.JSX.Element {
  const { prompts, costs, trans } = props;
  const n = prompts.length;
  return (
    <section>
      <h3>
        {trans._n(
          'Your wallet will ask once',
          'Your wallet will ask %1 times',
          n
        )}
      </h3>
      <ol className="jp-web3-filecoin-prompts">
        {prompts.map((prompt, index) => (
          <li key={prompt}>
            <span className="jp-web3-filecoin-count">
              {trans.__('%1 of %2', index + 1, n)}
            </span>
            <span>{promptWords(trans, prompt, costs)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function TestMoney({ trans }: { trans: Trans }): React.JSX.Element {
  return (
    <span className="jp-web3-filecoin-test">
      {trans.__('Test network: its money is worth nothing')}
    </span>
  );
}

/** The quote; without an obstacle it ends with what can't be undone. */
export function FilecoinQuote(props: {
  costs: IFilecoinCosts;
  trans: Trans;
}): React.JSX.Element {
  const { costs, trans } = props;
  const { obstacle } = costs;
  const problem = obstacle && obstacleWords(trans, obstacle, costs);
  const ahead = costs.deposit - costs.lockup;
  return (
    <div className="jp-web3-filecoin jp-web3-filecoin-quote">
      {problem && (
        <Problem
          kind="warning"
          title={problem.title}
          meaning={problem.meaning}
        />
      )}
      <table className="jp-web3-filecoin-amounts">
        <tbody>
          <Row label={trans.__('Storage')}>
            {trans.__('%1 a month', priceText(costs.perMonth, 'USDFC'))}
          </Row>
          <Row label={trans.__('Deposit now')}>
            <strong>
              <Amount units={costs.deposit} symbol="USDFC" />
            </strong>
          </Row>
          {costs.lockup > 0n && (
            <>
              <Row
                part
                label={trans.__(
                  'locked for %1 days, the provider’s security',
                  DAYS_LOCKED
                )}
              >
                <Amount units={costs.lockup - costs.setup} symbol="USDFC" />
              </Row>
              {costs.setup > 0n && (
                <Row part label={trans.__('once, for a new data set')}>
                  <Amount units={costs.setup} symbol="USDFC" />
                </Row>
              )}
              {ahead > 0n && (
                <Row part label={trans.__('%1 days ahead', costs.days)}>
                  <Amount units={ahead} symbol="USDFC" />
                </Row>
              )}
            </>
          )}
          {costs.gas !== null && (
            <Row label={trans.__('Network fee, about')}>
              <Amount units={costs.gas} symbol={costs.currency} />
            </Row>
          )}
          <Row label={trans.__('You have')}>
            {trans.__(
              '%1 and %2',
              haveText(costs.tokens, 'USDFC'),
              haveText(costs.coins, costs.currency)
            )}
          </Row>
          <Row label={trans.__('Account')}>
            <span title={costs.account}>{shortAddress(costs.account)}</span>
          </Row>
          <Row label={trans.__('Network')}>
            {costs.testnet
              ? trans.__('Filecoin Calibration')
              : trans.__('Filecoin')}
            {costs.testnet && <TestMoney trans={trans} />}
          </Row>
          {costs.provider && (
            <Row label={trans.__('Kept by')}>
              <span title={costs.provider.url}>{costs.provider.name}</span>
            </Row>
          )}
          <Row label={trans.__('Size as an archive')}>
            {trans.__('%1 bytes', groupDigits(String(costs.bytes)))}
          </Row>
        </tbody>
      </table>
      {!problem && (
        <div>
          <Prompts prompts={costs.prompts} costs={costs} trans={trans} />
          <section>
            <h3>{trans.__('What can’t be undone')}</h3>
            <ul>
              {costs.prompts.some(prompt => /approve$/.test(prompt)) && (
                <li>
                  {trans.__(
                    'The storage contract stays allowed to take payments from your deposit, without a limit; never more than is deposited.'
                  )}
                </li>
              )}
              <li>
                {trans.__(
                  'The content is stored as it is: whoever knows its CID can read it.'
                )}
              </li>
              <li>
                {trans.__(
                  'What is locked pays the provider for up to %1 days after you end the storage. What is paid ahead and not used stays in your deposit.',
                  DAYS_LOCKED
                )}
              </li>
              <li>
                {trans.__(
                  'When the deposit is used up the provider may drop the content. You are warned two weeks before, in this browser.'
                )}
              </li>
            </ul>
          </section>
        </div>
      )}
    </div>
  );
}

/** A yes or no with a body; Esc is no. */
async function ask(
  title: string,
  body: React.JSX.Element,
  buttons: Dialog.IButton[]
): Promise<boolean> {
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(body),
    buttons,
    // Enter must not pay by itself: the button is where the person has to go.
    defaultButton: 0
  });
  // Nothing of it may lie below an edge: see the style.
  dialog.addClass('jp-web3-filecoinDialog');
  return (await dialog.launch()).button.accept;
}

/** The dialogs. */
export function filecoinPerson(trans: Trans): IFilecoinPerson {
  /** Real money is asked for twice, the second time by its amount alone. */
  const really = async (testnet: boolean, deposit: bigint): Promise<boolean> =>
    testnet ||
    deposit === 0n ||
    ask(
      trans.__('Pay with real money?'),
      <p>
        {trans.__(
          '%1 leave your account on Filecoin, the main network. One USDFC is meant to be worth one US dollar.',
          priceText(deposit, 'USDFC')
        )}
      </p>,
      [
        Dialog.cancelButton({ label: trans.__('Don’t Pay') }),
        Dialog.warnButton({ label: trans.__('Pay Real Money') })
      ]
    );

  return {
    agree: async (costs: IFilecoinCosts, request: IPinRequest) => {
      const name = request.name || `${request.cid.slice(0, 8)}…`;
      const said = await ask(
        trans.__('Keep “%1” on Filecoin', name),
        <FilecoinQuote costs={costs} trans={trans} />,
        costs.obstacle
          ? [Dialog.cancelButton({ label: trans.__('Close') })]
          : [
              Dialog.cancelButton({ label: trans.__('Cancel') }),
              Dialog.okButton({
                label:
                  costs.deposit > 0n
                    ? trans.__('Agree and Pay')
                    : trans.__('Agree')
              })
            ]
      );
      return said && really(costs.testnet, costs.deposit);
    },
    end: async (plan: IEndingPlan) =>
      ask(
        trans.__('End the storage of “%1”?', plan.name || plan.cid),
        <div className="jp-web3-filecoin">
          <p>
            {plan.kind === 'data-set'
              ? trans.__(
                  'It is the last content in its data set, so that payments end. The provider is still paid for %1 days, from what is locked.',
                  plan.daysPaid
                )
              : trans._n(
                  'One other content stays in the data set; payments go on for it.',
                  '%1 other contents stay in the data set; payments go on for them.',
                  plan.others
                )}
          </p>
          <p>
            {trans.__(
              'The provider then deletes it. This can’t be taken back; storing it again is paid again. Copies may remain with others.'
            )}
          </p>
          <Prompts
            prompts={[
              ...(plan.elsewhere ? (['switch'] as const) : []),
              plan.kind === 'data-set' ? 'terminate' : 'remove'
            ]}
            costs={{ deposit: 0n, testnet: plan.testnet }}
            trans={trans}
          />
        </div>,
        [
          Dialog.cancelButton({ label: trans.__('Keep It') }),
          Dialog.warnButton({ label: trans.__('End Storage') })
        ]
      ),
    topUp: async (plan: ITopUpPlan) => {
      const poor = plan.tokens < plan.amount;
      const said = await ask(
        trans.__('Pay further ahead'),
        <div className="jp-web3-filecoin">
          {poor && (
            <Problem
              kind="warning"
              title={trans.__('There is not enough USDFC in this account.')}
              meaning={trans.__('It has %1.', haveText(plan.tokens, 'USDFC'))}
            />
          )}
          <table className="jp-web3-filecoin-amounts">
            <tbody>
              <Row label={trans.__('Deposit now')}>
                <strong>
                  <Amount units={plan.amount} symbol="USDFC" />
                </strong>
              </Row>
              <Row label={trans.__('Pays for')}>
                {trans.__('%1 days more', plan.days)}
              </Row>
              {plan.testnet && (
                <Row label={trans.__('Network')}>
                  <TestMoney trans={trans} />
                </Row>
              )}
            </tbody>
          </table>
          {!poor && (
            <Prompts
              prompts={[
                ...(plan.elsewhere ? (['switch'] as const) : []),
                'permit',
                'deposit'
              ]}
              costs={{ deposit: plan.amount, testnet: plan.testnet }}
              trans={trans}
            />
          )}
        </div>,
        poor
          ? [Dialog.cancelButton({ label: trans.__('Close') })]
          : [
              Dialog.cancelButton({ label: trans.__('Cancel') }),
              Dialog.okButton({ label: trans.__('Agree and Pay') })
            ]
      );
      return said && really(plan.testnet, plan.amount);
    },
    quote: costs => quoteWords(trans, costs)
  };
}
