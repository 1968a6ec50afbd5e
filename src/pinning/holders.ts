/** Who has a content: everybody who might is asked now. */
import type { HolderCheck, IHolder, IPinProvider } from '../tokens';
import { toPinningError, type PinningError } from './errors';

/** Milliseconds that anybody may take to answer. */
const PATIENCE = 15_000;

export interface IHolderWords {
  /** Why somebody could not be asked. */
  error(error: PinningError): string;
  /** "not yet: queued". */
  notYet(state: string): string;
}

/**
 * Ask one provider.
 *
 * @param id - of the holder
 * @param look - another way than its pins to find out
 */
export async function askProvider(
  provider: IPinProvider,
  cid: string,
  words: IHolderWords,
  o: {
    id?: string;
    signal?: AbortSignal;
    look?: (signal: AbortSignal) => Promise<boolean>;
  } = {}
): Promise<IHolder> {
  const signal = withPatience(o.signal);
  const answer = (has: boolean | null, detail?: string): IHolder => ({
    id: o.id ?? provider.id,
    label: provider.label,
    has,
    ...(detail ? { detail } : {}),
    checked: new Date().toISOString()
  });
  try {
    if (o.look) {
      return answer(await o.look(signal));
    }
    const report = await provider.status({ cid }, { signal });
    if (!report || report.state === 'pinned') {
      return answer(report !== null);
    }
    return answer(false, words.notYet(report.state));
  } catch (error) {
    o.signal?.throwIfAborted();
    return answer(null, words.error(toPinningError(error)));
  }
}

/** Ask those who are no providers; one that fails leaves the others. */
export async function askOthers(
  checks: Iterable<HolderCheck>,
  cid: string,
  signal?: AbortSignal
): Promise<IHolder[]> {
  const answers = await Promise.all(
    [...checks].map(check =>
      check(cid, { signal: withPatience(signal) }).catch((reason: unknown) => {
        signal?.throwIfAborted();
        console.warn('Pinning: somebody could not be asked', reason);
        return [];
      })
    )
  );
  return answers.flat();
}

function withPatience(signal?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(PATIENCE);
  return signal ? AbortSignal.any([signal, late]) : late;
}
