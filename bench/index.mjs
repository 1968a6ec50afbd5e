/**
 * `npm run bench [-- GROUP…] [-- --json]`: each figure beside a peer or a floor
 * from the same run.
 *
 * `ratio` is how many times better than the peer or the floor we are (a time:
 * peer ÷ ours; a budget: budget ÷ ours), so that `ratio ≥ goal` holds.
 */
import { parseArgs } from 'node:util';

import { setup } from '../tools/setup.mjs';

/** The files of each group, in turn. */
const GROUPS = {
  main: [() => import('./main.mjs')],
  storage: [() => import('./storage.mjs')],
  market: [
    () => import('./market.mjs'),
    () => import('./assetPage.mjs'),
    () => import('./sealed.mjs')
  ]
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' }
  }
});
const wanted = positionals.length ? positionals : Object.keys(GROUPS);
const unknown = wanted.filter(name => !(name in GROUPS));
if (unknown.length) {
  console.error(
    `No such group: ${unknown.join(', ')}. There is: ${Object.keys(GROUPS).join(', ')}.`
  );
  process.exit(2);
}
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error('--runs takes a whole number from 1');
  process.exit(2);
}

await setup({ browser: true, quiet: true });

const rows = [];
const report = figure => {
  const row = {
    name: figure.name,
    ours: round(figure.ours),
    peer: round(figure.peer),
    unit: figure.unit,
    ratio: round(figure.peer / figure.ours),
    goal: figure.goal,
    note: figure.note
  };
  rows.push(row);
  if (values.json) {
    console.log(JSON.stringify(row));
  }
};
for (const name of wanted) {
  for (const load of GROUPS[name]) {
    const { run } = await load();
    await run({
      report,
      runs,
      only: values.only,
      say: word => console.error(word)
    });
  }
}
if (!values.json) {
  console.table(rows, [
    'name',
    'ours',
    'peer',
    'unit',
    'ratio',
    'goal',
    'note'
  ]);
}

function round(value) {
  return Number(value.toPrecision(4));
}
