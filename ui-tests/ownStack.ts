import { startStack } from '../devnet/stack.mjs';

interface IPart {
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** A stack whose parts a test may stop and kill: see devnet/stack.mjs. */
export interface IOwnStack {
  info: {
    lab: string;
    ipfsApi: string;
    ipfsSecret: string;
    /** The `ipfs` binary. */
    ipfs: string;
    oceanNode: string;
    chain: string;
  };
  parts: Record<'kubo' | 'chain' | 'oceanNode' | 'lab', IPart>;
  stop(): Promise<void>;
}

/** Start a stack of the test's own; the test stops it. */
export const startOwnStack = startStack as unknown as (options: {
  state: string;
  ocean?: boolean;
  exposeApp?: boolean;
  /** Other nodes of this machine may meet its Kubo. */
  swarm?: 'loopback';
  /** Where its Ocean Node reads from, when not from its Kubo. */
  oceanGateway?: string;
}) => Promise<IOwnStack>;
