/** What has to be known before paying: state, who may, what is asked, where it is served. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { getAddress } from 'ethers';
import * as React from 'react';

import { mayConsume, type IAccessAnswer } from '../../ocean/accessCheck';
import type { IAccessRules, IConsumerParameter } from '../../ocean/asset';
import type { IWallet } from '../../tokens';
import { Address } from '../../ui/address';
import { useChanges } from '../../ui/useChanges';
import type { IAssetState } from '../model';
import type { IAsset } from '../ports';
import { purgatory } from '../purgatory';
import { PurgatoryNote } from '../purgatoryNote';
import { Asked } from './asked';
import { durationWords } from './durations';
import { Genuine } from './genuinePart';
import { Foreign, Section } from './pieces';
import type { IPagePorts } from './ports';
import { isUnusual, stateWords } from './stateWords';

/** Accounts and parameters that are listed. */
const MOST_LISTED = 10;

interface IProps {
  state: IAssetState;
  asset: IAsset;
  wallet: IWallet;
  ports: IPagePorts | null;
  /** Whether it is genuine; null where nobody can be asked. */
  genuine: Asked<{ owner: string }> | null;
  trans: TranslationBundle;
}

/** Whether an asset or the service that is sold restricts who may. */
export function hasRules(asset: IAsset): boolean {
  return [asset.access, asset.service?.access].some(
    rules => rules && (rules.allow.length > 0 || rules.deny.length > 0)
  );
}

export function accessWords(
  answer: IAccessAnswer,
  trans: TranslationBundle
): string {
  switch (answer.why) {
    case 'open':
      return trans.__('Anybody may use it, your account too.');
    case 'listed':
      return trans.__('Your account is on the list of those who may use it.');
    case 'denied':
      return trans.__(
        'Your account is on the list of those who may not use it. Don’t pay: its Ocean Node would refuse the download.'
      );
    case 'not-listed':
      return trans.__(
        'Only certain accounts may use it, and yours is not among them. Don’t pay: its Ocean Node would refuse the download. Ask the seller to be let in.'
      );
    case 'no-account':
      return trans.__(
        'Only certain accounts may use it. Log in to see whether yours is among them.'
      );
    case 'unknown-rule':
      return trans.__(
        'Its Ocean Node decides by rules of its own who may use it. Ask the seller before you pay.'
      );
    default:
      return trans.__(
        'Only certain accounts may use it, and the list of them could not be read now. Find out before you pay.'
      );
  }
}

function Rule(props: {
  title: string;
  rules: IAccessRules['allow'];
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { title, rules, trans } = props;
  const entries = rules.flatMap(rule =>
    rule.type === 'other'
      ? [{ type: rule.type, value: '' }]
      : rule.values.map(value => ({ type: rule.type, value }))
  );
  if (!entries.length) {
    return null;
  }
  return (
    <>
      <h4>{title}</h4>
      <ul className="jp-web3-page-plain">
        {entries.slice(0, MOST_LISTED).map(({ type, value }, at) => (
          <li key={at}>
            {type === 'accessList' && trans.__('Holders of access list')}{' '}
            {type === 'other' ? (
              trans.__('By rules that only the Ocean Node knows')
            ) : /^0x[0-9a-f]{40}$/.test(value) ? (
              <Address address={getAddress(value)} trans={trans} />
            ) : value === '*' ? (
              trans.__('Everybody')
            ) : (
              <Foreign text={value} most={60} />
            )}
          </li>
        ))}
        {entries.length > MOST_LISTED && (
          <li>{trans.__('and %1 more', entries.length - MOST_LISTED)}</li>
        )}
      </ul>
    </>
  );
}

function Access(props: IProps & { ports: IPagePorts }): React.JSX.Element {
  const { asset, wallet, ports, trans } = props;
  const { account } = wallet.state;
  const asked = React.useMemo(
    () =>
      new Asked(async () =>
        mayConsume(ports.chain(asset).reader, asset, asset.service, account)
      ),
    [asset, account, ports]
  );
  useChanges(asked.changed);
  React.useEffect(() => {
    asked.once();
    return () => asked.dispose();
  }, [asked]);
  const { state } = asked;
  const answer: IAccessAnswer | null =
    state.state === 'told'
      ? state.value
      : state.state === 'failed'
        ? { allowed: null, why: 'unreadable' }
        : null;
  return (
    <p
      role="status"
      className={
        answer?.allowed === false
          ? 'jp-web3-asset-problem jp-mod-refused'
          : answer && answer.allowed === null
            ? 'jp-web3-asset-problem'
            : undefined
      }
    >
      {answer
        ? accessWords(answer, trans)
        : trans.__('Looking whether your account may use it…')}
    </p>
  );
}

/** Whose rules they are is the same to a buyer: both have to be kept. */
function Rules({ asset, trans }: IProps): React.JSX.Element {
  const all = [asset.access, asset.service?.access].filter(
    (rules): rules is IAccessRules => rules !== undefined
  );
  return (
    <details className="jp-web3-asset-details">
      <summary>{trans.__('Who may use it')}</summary>
      <Rule
        title={trans.__('These may')}
        rules={all.flatMap(({ allow }) => allow)}
        trans={trans}
      />
      <Rule
        title={trans.__('These may not')}
        rules={all.flatMap(({ deny }) => deny)}
        trans={trans}
      />
    </details>
  );
}

export function Parameters(props: {
  parameters: readonly IConsumerParameter[];
  trans: TranslationBundle;
}): React.JSX.Element {
  const { parameters, trans } = props;
  return (
    <ul className="jp-web3-page-plain">
      {parameters.slice(0, MOST_LISTED).map((parameter, at) => (
        <li key={at}>
          <strong>
            <Foreign text={parameter.label} most={100} />
          </strong>{' '}
          ({parameter.required ? trans.__('required') : trans.__('optional')})
          {parameter.description && (
            <>
              {' – '}
              <Foreign text={parameter.description} most={300} />
            </>
          )}
        </li>
      ))}
      {parameters.length > MOST_LISTED && (
        <li>{trans.__('and %1 more', parameters.length - MOST_LISTED)}</li>
      )}
    </ul>
  );
}

/** Beside the button: what makes paying useless or risky. */
export function StateWarning(props: {
  asset: IAsset;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { asset, trans } = props;
  useChanges(purgatory.changed);
  if (!isUnusual(asset) && !purgatory.failed.size) {
    return null;
  }
  const { name, means } = stateWords(asset.state, trans);
  return (
    <div
      role="note"
      aria-label={trans.__('State of the asset')}
      className={
        purgatory.has(asset)
          ? 'jp-web3-asset-problem jp-mod-refused'
          : 'jp-web3-asset-problem'
      }
    >
      <PurgatoryNote asset={asset} trans={trans} />
      {asset.state !== 0 && (
        <p>
          <strong>{name}.</strong> {means}
        </p>
      )}
    </div>
  );
}

export function Conditions(props: IProps): React.JSX.Element {
  const { asset, state, ports, genuine, trans } = props;
  const { service } = asset;
  const parameters = [...(service?.parameters ?? []), ...asset.parameters];
  const { name, means } = stateWords(asset.state, trans);
  const restricted = hasRules(asset);
  return (
    <Section title={trans.__('Before you pay')} trans={trans}>
      <ul className="jp-web3-page-conditions">
        <li>
          <h3>{trans.__('State')}</h3>
          <p>
            <strong>{name}.</strong> {means}
          </p>
        </li>
        {genuine && <Genuine asset={asset} asked={genuine} trans={trans} />}
        <li>
          <h3>{trans.__('Who may use it')}</h3>
          {!restricted ? (
            <p>
              {trans.__('Anybody: the publisher restricts it to no accounts.')}
            </p>
          ) : (
            <>
              {ports ? <Access {...props} ports={ports} /> : null}
              <Rules {...props} />
            </>
          )}
        </li>
        {service && (
          <li>
            <h3>{trans.__('For how long')}</h3>
            <p>
              {service.timeout === 0
                ? trans.__('Without end from the purchase.')
                : trans.__(
                    '%1 from the purchase; after that it has to be bought again.',
                    durationWords(service.timeout, trans)
                  )}
            </p>
          </li>
        )}
        {parameters.length > 0 && (
          <li>
            <h3>{trans.__('What you are asked for')}</h3>
            <Parameters parameters={parameters} trans={trans} />
          </li>
        )}
        {service && (
          <li>
            <h3>{trans.__('Who serves it')}</h3>
            <p>
              {state.foreignHost
                ? trans.__(
                    'Its Ocean Node (%1) is not in your settings: you are asked before anything is sent to it.',
                    state.foreignHost.slice(0, 100)
                  )
                : trans.__(
                    'An Ocean Node of your settings. It can only be downloaded while that node answers.'
                  )}
            </p>
          </li>
        )}
      </ul>
    </Section>
  );
}
