/** The Ocean contracts of a network. */
import type { Config } from '@oceanprotocol/lib';
import type { INetwork } from '../tokens';

/** lib's Config with the addresses that must be there; throws `unknown-network`. */
export declare function oceanConfig(network: INetwork): Promise<
  Config & {
    nftFactoryAddress: string;
    fixedRateExchangeAddress: string;
    dispenserAddress: string;
    routerFactoryAddress: string;
  }
>;
