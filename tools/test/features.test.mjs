/** docs/features.md promises a test for each of our ticks: here they are looked for. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ROOT } from '../../devnet/paths.mjs';

const page = readFileSync(join(ROOT, 'docs', 'features.md'), 'utf8');

/** `{feature, ours, tests: [{file, title}]}` of each row of each table. */
const rows = page
  .split('\n')
  .filter(line => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
  .map(line => line.split(/(?<!\\)\|/).slice(1, -1))
  .map(cells => cells.map(cell => cell.trim()))
  .filter(cells => cells.length === 6 && cells[0] !== 'feature')
  .map(([feature, , , , ours, shown]) => ({
    feature,
    ours,
    tests: [...shown.matchAll(/`([^`›]+?) › ([^`]+)`/g)].map(
      ([, file, title]) => ({ file, title })
    )
  }));

test('the table has rows, and each tick of ours names a test', () => {
  assert.ok(rows.length > 30, `${rows.length} rows`);
  for (const { feature, ours, tests } of rows) {
    assert.match(ours, /^(✓|–)$/, `${feature}: ✓ or –`);
    assert.equal(ours === '✓', tests.length > 0, `${feature}: ${ours}`);
  }
});

for (const { feature, tests } of rows) {
  for (const { file, title } of tests) {
    test(`${feature}: ${file} › ${title}`, () => {
      const path = join(ROOT, file);
      assert.ok(existsSync(path), `no ${file}`);
      // Prettier breaks calls, not strings: a title is in one piece.
      const titles = [
        ...readFileSync(path, 'utf8').matchAll(
          /(?:\b(?:test|it|describe)(?:\.\w+)*\(|\.each\([^]*?\)\(|\bdef )\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\w+))/g
        )
      ].map(([, ...found]) => found.find(text => text !== undefined));
      assert.ok(titles.includes(title), `no test “${title}” in ${file}`);
    });
  }
}
