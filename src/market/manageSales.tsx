/** What an asset earned: a plot, a table, a file. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { formatAmount, type ITokenInfo } from '../ocean/pricing';
import {
  fittingPeriod,
  pointsOf,
  revenueCsv,
  type IPoint,
  type Period
} from '../ocean/revenue';
import { Address, shortAddress } from '../ui/address';
import { Field, Section, type ISectionProps } from './manageParts';
import { manageProblem } from './manageWords';

const WIDTH = 640;
const HEIGHT = 160;
const LEFT = 8;
const BOTTOM = 20;
/** A bar's largest width: one day alone is a bar, not a wall. */
const BAR = 48;

/** Rows of the table that are shown; the file has all. */
const ROWS = 50;

/** Height of an amount in the plot: thousandths are enough for pixels. */
const part = (amount: bigint, most: bigint): number =>
  most > 0n ? Number((amount * 1000n) / most) / 1000 : 0;

/** Bars for each period, a line for the sum of all before. */
function Plot(props: {
  points: IPoint[];
  token: ITokenInfo | null;
  label: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { points, token, label, trans } = props;
  const amountOf = (point: IPoint): bigint =>
    token ? point.amount : BigInt(point.orders);
  let sum = 0n;
  const totals = points.map(point => (sum += amountOf(point)));
  const most = totals.at(-1) ?? 0n;
  const step = (WIDTH - 2 * LEFT) / Math.max(points.length, 1);
  const bar = Math.min(Math.max(step * 0.7, 0.5), BAR);
  // Below the words of the largest sum.
  const high = HEIGHT - BOTTOM - 20;
  const y = (amount: bigint): number =>
    HEIGHT - BOTTOM - part(amount, most) * high;
  const words = (amount: bigint): string =>
    token
      ? `${formatAmount(amount, token.decimals)} ${token.symbol}`
      : trans._n('%1 order', '%1 orders', Number(amount));
  const day = (time: number): string =>
    new Date(time).toLocaleDateString(undefined, { timeZone: 'UTC' });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="jp-web3-manage-plot"
    >
      <line
        x1={LEFT}
        x2={WIDTH - LEFT}
        y1={HEIGHT - BOTTOM}
        y2={HEIGHT - BOTTOM}
      />
      {points.map((point, at) => (
        <rect
          key={point.start}
          x={LEFT + (at + 0.5) * step - bar / 2}
          width={bar}
          y={y(amountOf(point))}
          height={HEIGHT - BOTTOM - y(amountOf(point))}
        >
          <title>{`${day(point.start)}: ${words(amountOf(point))}`}</title>
        </rect>
      ))}
      <polyline
        points={totals
          .map((total, at) => `${LEFT + (at + 0.5) * step},${y(total)}`)
          .join(' ')}
      />
      {points.length > 1 && (
        <line
          className="jp-web3-mod-most"
          x1={LEFT}
          x2={WIDTH - LEFT}
          y1={y(most)}
          y2={y(most)}
        />
      )}
      {totals.map((total, at) => (
        <circle
          key={at}
          cx={LEFT + (at + 0.5) * step}
          cy={y(total)}
          r={points.length > 60 ? 0 : 2.5}
        >
          <title>
            {trans.__('%1, in all: %2', day(points[at].start), words(total))}
          </title>
        </circle>
      ))}
      {points.length > 0 && (
        <>
          <text
            x={points.length > 1 ? LEFT : WIDTH / 2}
            y={HEIGHT - 5}
            textAnchor={points.length > 1 ? 'start' : 'middle'}
          >
            {day(points[0].start)}
          </text>
          {points.length > 1 && (
            <text x={WIDTH - LEFT} y={HEIGHT - 5} textAnchor="end">
              {day(points[points.length - 1].start)}
            </text>
          )}
          <text x={WIDTH - LEFT} y={12} textAnchor="end">
            {trans.__('in all: %1', words(most))}
          </text>
        </>
      )}
    </svg>
  );
}

export function SalesSection(props: ISectionProps): React.JSX.Element {
  const { state, trans, handlers } = props;
  const {
    sales = [],
    totals = [],
    unordered = [],
    handedOver = null
  } = state.revenue ?? {};
  const early = sales.filter(
    ({ blockNumber }) => handedOver !== null && blockNumber < handedOver
  ).length;
  const [period, setPeriod] = React.useState<Period>('day');
  const [saved, setSaved] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState<unknown>(null);
  const periods: Record<Period, string> = {
    day: trans.__('By day'),
    week: trans.__('By week'),
    month: trans.__('By month')
  };
  const save = (): void => {
    setProblem(null);
    handlers
      .save('sales.csv', revenueCsv(sales))
      .then(setSaved, (reason: unknown) => setProblem(reason));
  };
  const shown = fittingPeriod(sales, period);
  const plots = totals.length ? totals.map(({ token }) => token) : [null];
  return (
    <Section title={trans.__('Sales')}>
      <p>
        {trans._n('%1 order', '%1 orders', sales.length)}
        {totals.map(({ token, amount }) => (
          <React.Fragment key={token.address}>
            {' · '}
            <strong>
              {trans.__(
                'earned %1 %2',
                formatAmount(amount, token.decimals),
                token.symbol
              )}
            </strong>
          </React.Fragment>
        ))}
      </p>
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'From the chain: what buyers paid, without the fees of the network’s market. Gas that you paid is not in it.'
        )}
      </p>
      {unordered
        .filter(({ amount }) => amount > 0n)
        .map(({ token, amount }) => (
          <p key={token.address}>
            {trans.__(
              '%1 %2 of it: bought, not ordered yet.',
              formatAmount(amount, token.decimals),
              token.symbol
            )}
          </p>
        ))}
      {handedOver !== null && (
        <p role="note">
          {trans._n(
            'It was handed over to its owner after %1 of these orders: what was paid before went to others.',
            'It was handed over to its owner after %1 of these orders: what was paid before went to others.',
            early
          )}
        </p>
      )}
      {sales.length > 0 && (
        <>
          <Field label={trans.__('Plot')}>
            {id => (
              <select
                id={id}
                className="jp-mod-styled jp-web3-manage-period"
                value={period}
                onChange={event => setPeriod(event.target.value as Period)}
              >
                {Object.entries(periods).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {shown !== period && (
            <p className="jp-web3-asset-quiet">
              {trans.__(
                'Too long a time for that: shown %1.',
                periods[shown].toLowerCase()
              )}
            </p>
          )}
          {plots.map(token => (
            <Plot
              key={token?.address ?? 'orders'}
              points={pointsOf(sales, token?.address ?? null, shown)}
              token={token}
              label={
                token
                  ? trans.__('Revenue in %1 over time', token.symbol)
                  : trans.__('Orders over time')
              }
              trans={trans}
            />
          ))}
          <div className="jp-web3-manage-scroll">
            <table className="jp-web3-asset-files">
              <caption>{trans.__('Orders, newest first')}</caption>
              <thead>
                <tr>
                  <th scope="col">{trans.__('When')}</th>
                  <th scope="col">{trans.__('Buyer')}</th>
                  <th scope="col">{trans.__('Earned')}</th>
                  <th scope="col">{trans.__('Transaction')}</th>
                </tr>
              </thead>
              <tbody>
                {[...sales]
                  .reverse()
                  .slice(0, ROWS)
                  .map((sale, at) => (
                    <tr key={`${sale.tx}-${at}`}>
                      <td>
                        {new Date(sale.timestamp * 1000).toLocaleString()}
                      </td>
                      <td>
                        <Address
                          address={sale.consumer}
                          trans={trans}
                          copy={false}
                        />
                      </td>
                      <td>
                        {sale.earned
                          ? `${formatAmount(sale.earned.amount, sale.earned.token.decimals)} ${sale.earned.token.symbol}`
                          : sale.isFree
                            ? trans.__('free')
                            : trans.__('paid elsewhere')}
                      </td>
                      <td title={sale.tx}>{shortAddress(sale.tx)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
          {sales.length > ROWS && (
            <p className="jp-web3-asset-quiet">
              {trans.__(
                'Showing %1 of %2; the file has all.',
                ROWS,
                sales.length
              )}
            </p>
          )}
          <button type="button" className="jp-mod-styled" onClick={save}>
            {trans.__('Save as CSV')}
          </button>
        </>
      )}
      <div role="status">
        {saved && <p>{trans.__('Saved as %1', saved)}</p>}
        {problem !== null && <p>{manageProblem(problem, trans)}</p>}
      </div>
    </Section>
  );
}
