/** @jest-environment node */
import { nullTranslator } from '@jupyterlab/translation';

import { BlobContent } from '../../content';
import { PublishActivity } from '../activity';
import { Publisher } from '../publisher';
import { ALICE, BOB, FREE, until, World } from './world';

const trans = nullTranslator.load('jupyterlab_web3');

it('tells what was published, what is under way, and to whom', async () => {
  const world = new World();
  const publisher = new Publisher(world.deps());
  const activity = new PublishActivity(publisher, () => undefined, trans);
  let told = 0;
  activity.changed.connect(() => told++);
  const publish = (name: string) =>
    publisher.publish(
      [new BlobContent({ name: 'a.csv', data: name, mediaType: 'text/csv' })],
      { ...FREE, name }
    );

  await (
    await publish('First')
  ).finished;
  world.nodeBlind = true;
  const second = await publish('Second');
  await until('paused', () => second.status === 'paused');
  // Not each byte: begun, running, ended, and again.
  expect(told).toBeLessThan(10);
  expect(
    activity.list(ALICE.toLowerCase()).map(({ title, state }) => [title, state])
  ).toEqual([
    ['Second', 'Waits for you'],
    ['First', 'Published']
  ]);
  expect(activity.summary(ALICE)).toBe('1 published · 1 in progress');
  expect(activity.list(BOB)).toEqual([]);
  expect(activity.summary(BOB)).toBe('');

  const before = told;
  await second.cancel();
  expect(told).toBeGreaterThan(before);
  expect(activity.list(ALICE).map(({ title }) => title)).toEqual(['First']);
});
