/**
 * The public tokens of the suite and their interfaces; nothing else.
 *
 * CIDs, addresses and amounts cross these interfaces as strings, so that a
 * consumer needs no particular version of multiformats or ethers.
 */
export * from './tokens/server';
export * from './tokens/ipfs';
export * from './tokens/wallet';
export * from './tokens/publish';
export * from './tokens/notebook';
export * from './tokens/pinning';
