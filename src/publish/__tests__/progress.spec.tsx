import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { BlobContent } from '../../content';
import type { IProgressActions } from '../progress';
import { ProgressPanel } from '../progress';
import { Publisher } from '../publisher';
import { CHAIN, FREE, until, World } from './world';

// What jsdom lacks, and widgets render by.
globalThis.requestIdleCallback ??= (task =>
  setTimeout(task, 0)) as typeof requestIdleCallback;

const trans = nullTranslator.load('jupyterlab_web3');

function setup(world = new World()) {
  const publisher = new Publisher(world.deps());
  const opened: string[] = [];
  const actions: IProgressActions = {
    open: did => opened.push(did),
    insertCode: did => opened.push(`code ${did}`),
    network: () => ({ ...world.network, explorer: 'https://explorer' }),
    switchNetwork: async id => {
      world.wallet.chainId = id;
    },
    connect: async () => {
      world.wallet.connected = true;
    }
  };
  const panel = new ProgressPanel(publisher, actions, trans);
  Widget.attach(panel, document.body);
  const text = (): string => panel.node.textContent ?? '';
  const button = (name: string): HTMLButtonElement =>
    [...panel.node.querySelectorAll('button')].find(
      one => one.textContent === name
    )!;
  const publish = () =>
    publisher.publish([new BlobContent({ name: 'iris.csv', data: 'a' })], {
      ...FREE,
      name: 'Iris',
      chainId: CHAIN
    });
  return { world, publisher, panel, opened, text, button, publish };
}

afterEach(() => {
  document.body.innerHTML = '';
});

// Two cores may be shared with a build.
jest.setTimeout(20_000);

describe('the jobs panel', () => {
  it('shows each prompt while it waits, then the result', async () => {
    const { world, panel, text, button, publish, opened } = setup();
    await until('empty', () => text().includes('Nothing published yet'));
    world.wallet.script = ['open'];
    const job = await publish();
    await until('prompt', () =>
      text().includes('Waiting for your wallet: 1 of 4')
    );
    await world.wallet.answerOpen();
    const result = (await job.finished)!;
    await until('result', () => !!button('Open'));
    expect(text()).toContain('Published');
    const link = panel.node.querySelector<HTMLAnchorElement>('dl a')!;
    expect(link.href).toBe(`https://explorer/address/${result.nftAddress}`);
    button('Open').click();
    button('Insert code').click();
    expect(opened).toEqual([result.did, `code ${result.did}`]);
  });

  it('says what a refusal means, and goes on', async () => {
    const { world, text, button, publish } = setup();
    world.wallet.script = ['reject'];
    const job = await publish();
    await until('paused', () => !!button('Try again'));
    expect(text()).toContain('The wallet refused the request.');
    expect(text()).toContain('Nothing was paid; your file is on IPFS.');
    button('Try again').click();
    expect(await job.finished).not.toBeNull();
  });

  it('switches the network by a button', async () => {
    const { world, button, publish } = setup();
    world.wallet.chainId = 1;
    const job = await publish();
    await until('paused', () => !!button('Switch to Local'));
    button('Switch to Local').click();
    expect(await job.finished).not.toBeNull();
  });

  it('discards, and says what remains', async () => {
    const { world, text, button, publish } = setup();
    world.nodeBlind = true;
    const job = await publish();
    await until('paused', () => !!button('Discard'));
    button('Discard').click();
    expect(await job.finished).toBeNull();
    await until('told', () => text().includes('copies may remain'));
    button('Remove from this list').click();
    await until('gone', () => text().includes('Nothing published yet'));
  });

  it('lists what a reload interrupted, with Resume', async () => {
    const { world, publisher, publish } = setup();
    world.wallet.script = ['open'];
    await publish();
    await until('prompt', () => world.wallet.shown.length === 1);
    publisher.dispose();
    document.body.innerHTML = '';
    const after = setup(world);
    await after.publisher.load();
    await until('resume', () => !!after.button('Resume'));
    expect(after.text()).toContain('The page was reloaded');
    expect(world.wallet.shown.length).toBe(1);
    after.button('Resume').click();
    expect(await after.publisher.jobs[0].finished).not.toBeNull();
  });

  it('asks anew only after “It is closed”', async () => {
    const { world, publisher, publish } = setup();
    world.wallet.script = ['approve', 'approve', 'open'];
    await publish();
    await until('prompt', () => world.wallet.shown.length === 3);
    publisher.dispose();
    document.body.innerHTML = '';
    const after = setup(world);
    await after.publisher.load();
    await until('resume', () => !!after.button('Resume'));
    after.button('Resume').click();
    await until('unknown', () => !!after.button('It is closed: ask me again'));
    expect(after.text()).toContain('approving both would pay twice');
    after.button('It is closed: ask me again').click();
    expect(await after.publisher.jobs[0].finished).not.toBeNull();
    expect(world.chain.mints.length).toBe(1);
  });
});
