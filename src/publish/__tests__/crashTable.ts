/**
 * The table of accidents: every step of a publish job × everything that can
 * happen to it, and what must hold afterwards. Run over fakes (`crash.spec.ts`)
 * and over the real stack (`crash.stack.spec.ts`).
 */
import type { IContent } from '../../content';
import {
  PUBLISH_STEPS,
  type IAssetDraft,
  type IEip1193Provider,
  type PublishStep
} from '../../tokens';
import type { IPublishDeps } from '../context';
import type { PublishJob } from '../job';
import { Publisher } from '../publisher';
import type { ScriptedWallet } from './scriptedWallet';
import { until } from './world';

/** What the table needs of a world, fake or real. */
export interface IStage {
  wallet: ScriptedWallet;
  /** New objects over the same state, as after a reload. */
  deps(): IPublishDeps;
  content(): IContent;
  draft(priced: boolean): IAssetDraft;
  /** An account that is not the publisher's. */
  stranger: string;
  nodeDown(down: boolean): Promise<void> | void;
  kuboDown(down: boolean): Promise<void> | void;
  otherMint(): Promise<void> | void;
  /** How many NFTs carry this job's id. */
  mints(job: string): Promise<number>;
  /** Whether the content is pinned. */
  holds(cid: string): Promise<boolean>;
}

export const FAULTS = [
  'reload right before',
  'reload right after',
  'node killed',
  'Kubo offline',
  'prompt rejected',
  'account switched',
  'chain switched',
  'transaction reverted',
  'transaction sped up',
  'transaction cancelled in the wallet',
  'another publisher mints',
  'prompt answered after the reload'
] as const;
export type Fault = (typeof FAULTS)[number];

export interface IRow {
  step: PublishStep;
  fault: Fault;
  priced: boolean;
}

const TX: PublishStep[] = ['mint', 'metadata'];
const BEFORE_MINT = PUBLISH_STEPS.slice(5, 10);

/** Whether a fault means something at a step (a seal sends no transaction). */
function applies(step: PublishStep, fault: Fault): boolean {
  if (fault.startsWith('transaction') || fault.startsWith('prompt answered')) {
    return TX.includes(step);
  }
  return fault === 'another publisher mints'
    ? // At `predict` it happens just after the prediction.
      BEFORE_MINT.includes(step)
    : true;
}

/**
 * Every row: priced where only priced content has the step, free where sealing
 * did it already, else in turn. The first step only looks.
 */
export const ROWS: IRow[] = PUBLISH_STEPS.slice(1).flatMap((step, i) =>
  FAULTS.filter(fault => applies(step, fault)).map((fault, j) => ({
    step,
    fault,
    priced: step === 'seal' || (step !== 'add' && (i + j) % 2 === 1)
  }))
);

interface ITap {
  before?: () => Promise<void>;
  after?: () => Promise<void>;
}

/** Put something before or after the side effect of a step. */
function tap(deps: IPublishDeps, step: PublishStep, { before, after }: ITap) {
  const wrap = <A extends unknown[], R>(
    call: (...args: A) => Promise<R>,
    when: (...args: A) => boolean = () => true
  ) => {
    return async (...args: A): Promise<R> => {
      if (!when(...args)) {
        return call(...args);
      }
      await before?.();
      const result = await call(...args);
      await after?.();
      return result;
    };
  };
  const { ipfs, ocean, wallet } = deps;
  switch (step) {
    case 'add':
      ipfs.add = wrap(ipfs.add.bind(ipfs));
      return;
    case 'pin':
      ipfs.pins.add = wrap(ipfs.pins.add.bind(ipfs.pins));
      return;
    case 'seal':
      deps.addStreams = wrap(deps.addStreams);
      return;
    case 'reachable':
      ocean.fileInfo = wrap(ocean.fileInfo);
      return;
    case 'predict':
      ocean.predict = wrap(ocean.predict);
      return;
    case 'encrypt-files':
      ocean.encryptFiles = wrap(ocean.encryptFiles);
      return;
    case 'ddo':
      ocean.validateDdo = wrap(ocean.validateDdo);
      return;
    case 'encrypt-ddo':
      ocean.encryptDdo = wrap(ocean.encryptDdo);
      return;
    case 'index':
      ocean.indexed = wrap(ocean.indexed);
      return;
    default: {
      // The n-th transaction of the job.
      let mint = true;
      const call = ocean.metadataCall;
      ocean.metadataCall = async o => {
        mint = false;
        return call(o);
      };
      const { provider } = wallet;
      const request = wrap(
        (args: Parameters<IEip1193Provider['request']>[0]) =>
          provider!.request(args),
        args =>
          args.method === 'eth_sendTransaction' && mint === (step === 'mint')
      );
      Object.defineProperty(wallet, 'provider', { get: () => ({ request }) });
    }
  }
}

/** Let the accident of a row happen, take the way on, check what must hold. */
export async function play(stage: IStage, row: IRow): Promise<void> {
  const { wallet } = stage;
  const home = { account: wallet.account, chainId: wallet.chainId };
  let crashed = false;
  let happened = false;
  let openPrompt = false;
  const hang = (): Promise<void> => {
    crashed = happened = true;
    return new Promise(() => undefined);
  };
  const once = (effect: () => Promise<void> | void) => async () => {
    if (!happened) {
      happened = true;
      await effect();
    }
  };
  const say = (answer: ScriptedWallet['script'][number]) =>
    once(() => {
      wallet.script = [answer];
    });
  const taps: Record<Fault, ITap> = {
    'reload right before': { before: hang },
    'reload right after': { after: hang },
    'node killed': { before: once(() => stage.nodeDown(true)) },
    'Kubo offline': { before: once(() => stage.kuboDown(true)) },
    'prompt rejected': { before: say('reject') },
    'account switched': {
      before: once(() => {
        wallet.account = stage.stranger;
      })
    },
    'chain switched': {
      before: once(() => {
        wallet.chainId = 1;
      })
    },
    'transaction reverted': { before: say('revert') },
    'transaction sped up': { before: say('speed-up') },
    'transaction cancelled in the wallet': { before: say('cancel-it') },
    'another publisher mints': {
      [row.step === 'predict' ? 'after' : 'before']: once(() =>
        stage.otherMint()
      )
    },
    'prompt answered after the reload': {
      before: once(() => {
        wallet.script = ['open'];
        openPrompt = crashed = true;
      })
    }
  };

  const deps = stage.deps();
  tap(deps, row.step, taps[row.fault]);
  let publisher = new Publisher(deps);
  let job: PublishJob = await publisher.publish(
    [stage.content()],
    stage.draft(row.priced)
  );
  const { id } = job;
  let root: string | undefined;
  const met: string[] = [];
  try {
    for (let turn = 0; job.status !== 'done' && turn < 12; turn++) {
      const shown = wallet.shown.length;
      await until(
        `${row.step}, ${row.fault}: stands at ${job.status} ${met}`,
        () => crashed || job.status !== 'running',
        20_000
      );
      if (root) {
        expect(job.record.root?.cid).toBe(root);
      }
      root = job.record.root?.cid;
      if (crashed) {
        crashed = false;
        if (openPrompt) {
          await until('the prompt is shown', () => wallet.shown.length > 0);
          await new Promise(resolve => setTimeout(resolve, shown ? 50 : 100));
        }
        publisher.dispose();
        publisher = new Publisher(stage.deps());
        await publisher.load();
        job = publisher.jobs.find(one => one.id === id)!;
        expect(job.problem?.code).toBe('reloaded');
        job.resume();
        continue;
      }
      if (job.problem === null) {
        break;
      }
      met.push(job.problem.code);
      // The way on.
      Object.assign(wallet, home);
      await stage.nodeDown(false);
      await stage.kuboDown(false);
      if (job.problem.code !== 'prompt-unknown') {
        job.resume();
      } else if (openPrompt) {
        openPrompt = false;
        await wallet.answerOpen();
        await until('found by itself', () => job.status !== 'paused', 10_000);
      } else {
        await job.promptClosed();
      }
    }
    // With what stopped it, should the accident never have happened.
    expect([happened, ...met]).toEqual([true, ...met]);
    expect([job.status, ...met]).toEqual(['done', ...met]);
    const result = await job.finished;
    expect(await stage.mints(id)).toBe(1);
    expect(await stage.holds(result!.cid)).toBe(true);
    expect(result!.cid).toBe(root ?? result!.cid);
    checkPrompts(wallet, job, row);
    checkMet(row, met);
  } finally {
    publisher.dispose();
    Object.assign(wallet, home, { script: [], shown: [], approved: 0 });
    await stage.nodeDown(false);
    await stage.kuboDown(false);
  }
}

/** At most 4, two more when announced, one more where an answer was lost. */
function checkPrompts(
  wallet: ScriptedWallet,
  job: PublishJob,
  { step, fault }: IRow
): void {
  const again = fault === 'another publisher mints' ? 2 : 0;
  expect(job.record.encryptedAgain ?? false).toBe(again > 0);
  const lost =
    // The page died with the signature in hand.
    (fault === 'reload right after' && step.startsWith('encrypt-')) ||
    // The person paid for nothing, was told so, and tried again.
    fault === 'transaction reverted' ||
    fault === 'transaction cancelled in the wallet'
      ? 1
      : 0;
  expect(wallet.approved).toBe(4 + again + lost);
  const refused = fault === 'prompt rejected' && step !== 'index' ? 1 : 0;
  expect(wallet.shown.length).toBe(4 + again + lost + refused);
}

const EXPECTED: Partial<Record<Fault, string>> = {
  'prompt rejected': 'prompt-rejected',
  'account switched': 'account-changed',
  'chain switched': 'chain-changed',
  'transaction reverted': 'tx-reverted',
  'transaction cancelled in the wallet': 'tx-replaced',
  'prompt answered after the reload': 'prompt-unknown'
};

/** The person was told what happened, in the right words. */
function checkMet({ step, fault }: IRow, met: string[]): void {
  const needsKubo = PUBLISH_STEPS.indexOf(step) < 4;
  const code =
    fault === 'Kubo offline'
      ? needsKubo
        ? 'ipfs-offline'
        : undefined
      : EXPECTED[fault];
  // The last side effects come after the last prompt.
  const afterPrompts =
    step === 'index' ||
    ((fault === 'account switched' || fault === 'chain switched') &&
      step === 'metadata');
  if (code && !afterPrompts) {
    expect(met).toContain(code);
  }
}
