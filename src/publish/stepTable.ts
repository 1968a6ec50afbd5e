/** The steps of a publish job: who does each, and which a job goes without. */
import type { PublishStep } from '../tokens';
import * as chain from './chainSteps';
import * as contents from './contentSteps';
import type { Step } from './context';
import type { IJobRecord } from './record';

/** What does each step. */
export const STEPS: Readonly<Record<PublishStep, Step>> = {
  content: contents.content,
  seal: contents.seal,
  add: contents.add,
  pin: contents.pin,
  reachable: contents.reachable,
  predict: chain.predict,
  'encrypt-files': chain.encryptFiles,
  ddo: chain.ddo,
  'encrypt-ddo': chain.encryptDdo,
  mint: chain.mint,
  metadata: chain.metadata,
  index: chain.index
};

/** Whether a job does not have a step: what is not sealed, or minted already. */
export function isLeftOut(
  record: Pick<IJobRecord, 'sealed' | 'version'>,
  step: PublishStep
): boolean {
  return (
    (step === 'seal' && !record.sealed) ||
    (!!record.version && (step === 'predict' || step === 'mint'))
  );
}
