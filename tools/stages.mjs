/** The stages of `npm test`: what each runs and how its results are counted. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { ROOT } from '../devnet/paths.mjs';

const MINUTES = 60_000;
/** The lane whose output is shown as it comes. */
export const LIVE = 'browser';
/** Stages of different lanes run at the same time. */
export const LANES = ['rest', LIVE];
/** Browser tests of the market: a stage of its own, so that both lanes end at about the same time. */
const MARKET =
  /\/(assetPage|buy|discover|fees|guard|market|mine|owner|pending|prompts|purchases|raised|sealed|tampered)\.spec\.ts$/;
const SKIPPED_FOLDERS = new Set(['node_modules', 'lib', 'labextension']);

/** Files whose name ends so, below a folder of the repository. */
function find(folder, ending) {
  const found = [];
  const walk = path => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) {
          walk(inner);
        }
      } else if (entry.name.endsWith(ending)) {
        found.push(relative(ROOT, inner));
      }
    }
  };
  if (existsSync(join(ROOT, folder))) {
    walk(join(ROOT, folder));
  }
  return found.sort();
}

const json = file => JSON.parse(readFileSync(file, 'utf8'));

/** Of jest's `--json`. */
export function countJest(file) {
  const report = json(file);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests
  };
}

/** Of pytest's `--junitxml`. */
export function countJunit(file) {
  const suite = /<testsuite [^>]*>/.exec(readFileSync(file, 'utf8'))[0];
  const number = name => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)[1]);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - failed - skipped, failed, skipped };
}

/** Of node's tap reporter. */
export function countTap(file) {
  const text = readFileSync(file, 'utf8');
  const number = name =>
    Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)[1]);
  return {
    passed: number('pass'),
    failed: number('fail') + number('cancelled'),
    skipped: number('skipped') + number('todo')
  };
}

/** Of Playwright's json reporter; what passed only the second time is a failure. */
export function countPlaywright(file) {
  const { stats, errors } = json(file);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (errors?.length ?? 0),
    skipped: stats.skipped
  };
}

const bin = name => join(ROOT, 'node_modules', '.bin', name);

function nodeTests(files) {
  return report => [
    process.execPath,
    '--test',
    '--test-concurrency=2',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
    ...files
  ];
}

/**
 * @param {{python: string, long: boolean}} o
 * @returns {Array<{name: string, command: (report: string) => string[], count?: (report: string) => object, env?: (report: string) => object, lane: string, timeout: number}>}
 *   without `count`, a stage is one check
 */
export function stages({ python, long }) {
  const check = (name, ...command) => ({
    name,
    command: () => command,
    timeout: 10 * MINUTES
  });
  const projects = [
    '.',
    ...find('extensions', 'tsconfig.json').map(file => join(file, '..'))
  ];
  const devnet = [
    ...find('devnet', '.test.mjs'),
    ...find('tools', '.test.mjs')
  ];
  const binder = find('binder', '.test.mjs');
  const minutes = short => (long ? 8 * short : short) * MINUTES;
  const browser = (name, wanted, lane) => {
    const files = find('ui-tests', '.spec.ts').filter(wanted);
    return (
      files.length && {
        name,
        command: () => [
          bin('playwright'),
          'test',
          '--config=ui-tests/playwright.config.ts',
          ...files
        ],
        env: report => ({
          WEB3_PLAYWRIGHT_JSON: report,
          // A run empties the folder that it writes to.
          WEB3_PLAYWRIGHT_OUTPUT: join('test-results', name)
        }),
        count: countPlaywright,
        ...(lane ? { lane } : {}),
        timeout: minutes(30)
      }
    );
  };
  const all = [
    check('eslint', bin('eslint'), '.', '--max-warnings', '0'),
    check('prettier', bin('prettier'), '--check', '--log-level', 'warn', '.'),
    check('ruff', python, '-m', 'ruff', 'check', '.'),
    check('ruff-format', python, '-m', 'ruff', 'format', '--check', '.'),
    ...projects.map(project =>
      check(
        project === '.' ? 'tsc' : `tsc-${project.split('/').pop()}`,
        bin('tsc'),
        '--incremental',
        '-p',
        project
      )
    ),
    existsSync(join(ROOT, 'ui-tests', 'tsconfig.json')) &&
      check('tsc-ui-tests', bin('tsc'), '--noEmit', '-p', 'ui-tests'),
    {
      name: 'jest',
      command: report => [bin('jest'), '--json', `--outputFile=${report}`],
      count: countJest,
      timeout: minutes(15)
    },
    {
      name: 'pytest',
      command: report => [
        python,
        '-m',
        'pytest',
        '-q',
        ...['-p', 'no:cacheprovider'],
        `--junitxml=${report}`
      ],
      count: countJunit,
      timeout: minutes(15)
    },
    devnet.length && {
      name: 'devnet',
      command: nodeTests(devnet),
      count: countTap,
      timeout: minutes(15)
    },
    browser('browser', file => !MARKET.test(file), LIVE),
    browser('market', file => MARKET.test(file)),
    find('src', '.stack.spec.ts').length && {
      name: 'stack',
      command: report => [
        bin('jest'),
        '--config=jest.stack.config.js',
        '--json',
        `--outputFile=${report}`
      ],
      count: countJest,
      lane: LIVE,
      timeout: minutes(15)
    },
    binder.length && {
      name: 'binder',
      command: nodeTests(binder),
      count: countTap,
      lane: LIVE,
      timeout: minutes(20)
    }
  ];
  return all.filter(Boolean).map(stage => ({ lane: 'rest', ...stage }));
}
