/** The services that are registered: try, change, remove. */
import * as React from 'react';

import type { IPanelProps } from './panel';
import type { ServiceProvider } from './service';
import { errorWords, kindWords } from './words';
import '../../style/pinning.css';

function Service(
  props: IPanelProps & { service: ServiceProvider }
): React.JSX.Element {
  const { service, actions, trans } = props;
  const [said, setSaid] = React.useState<{
    good: boolean;
    text: string;
  } | null>(null);
  const [busy, setBusy] = React.useState(false);
  const press = (task: () => Promise<string | null>) => () => {
    setBusy(true);
    setSaid(null);
    task()
      .then(
        text => setSaid(text ? { good: true, text } : null),
        (reason: unknown) =>
          setSaid({ good: false, text: errorWords(trans, reason) })
      )
      .finally(() => setBusy(false));
  };
  const button = (
    label: string,
    task: () => Promise<string | null>
  ): React.JSX.Element => (
    <button
      type="button"
      className="jp-mod-styled jp-Button"
      aria-label={trans.__('%1: %2', label, service.label)}
      disabled={busy}
      onClick={press(task)}
    >
      {label}
    </button>
  );
  return (
    <li>
      <span className="jp-web3-pin-listName">{service.label}</span>
      <span className="jp-web3-pin-listDetail" title={service.info.endpoint}>
        {new URL(service.info.endpoint).host} · {kindWords(trans, service)}
      </span>
      {button(trans.__('Test'), async () => {
        await service.test();
        return trans.__('It answers and takes the key.');
      })}
      {button(trans.__('Change…'), async () => {
        await actions.changeService(service);
        return null;
      })}
      {button(trans.__('Remove…'), async () => {
        await actions.removeService(service);
        return null;
      })}
      {said && (
        <span
          role={said.good ? 'status' : 'alert'}
          className="jp-web3-pin-said"
        >
          {said.text}
        </span>
      )}
    </li>
  );
}

export function ServiceList(props: IPanelProps): React.JSX.Element {
  const { pinning, actions, trans } = props;
  const { services } = pinning;
  const remotes = pinning.providers.filter(
    ({ kind }) => kind === 'kubo-remote'
  );
  return (
    <section aria-label={trans.__('Services')}>
      <h3>{trans.__('Services')}</h3>
      <p>
        {services.areKept
          ? trans.__(
              'Others who keep your content. Their keys are kept by the Jupyter server and never come back to the browser.'
            )
          : trans.__(
              'Others who keep your content. Their keys stay in this page and are gone when it is closed.'
            )}
      </p>
      <ul className="jp-web3-pin-list">
        {services.providers.map(service => (
          <Service key={service.id} {...props} service={service} />
        ))}
        {remotes.map(remote => (
          <li key={remote.id}>
            <span className="jp-web3-pin-listName">{remote.label}</span>
            <span className="jp-web3-pin-listDetail">
              {kindWords(trans, remote)}
            </span>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="jp-mod-styled jp-Button"
        onClick={() => void actions.addService()}
      >
        {trans.__('Add a service…')}
      </button>
    </section>
  );
}
