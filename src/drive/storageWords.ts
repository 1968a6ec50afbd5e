/**
 * Gateways, verifying and names in words for people.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  GatewaysFailedError,
  hostOf,
  type IGatewayFault
} from '../ipfs/gateway';
import type { IVerified } from '../ipfs/verify';
import { describeError, formatBytes } from './words';

/** What a gateway did, beginning with its name. */
export function faultWords(
  fault: IGatewayFault,
  trans: TranslationBundle
): string {
  const host = hostOf(fault.gateway);
  switch (fault.kind) {
    case 'other-bytes':
      return trans.__('%1 sent other bytes than those of the CID', host);
    case 'other-content':
      return trans.__('%1 sent something else', host);
    case 'cut-off':
      return trans.__('%1 stopped before all was sent', host);
    case 'not-a-block':
      return trans.__('%1 answered with a web page', host);
    case 'too-large':
      return trans.__('%1 sent more than a block can hold', host);
    case 'timeout':
      return trans.__('%1 fell silent', host);
    case 'slow':
      return trans.__('%1 was too slow; another one was faster', host);
    case 'unreachable':
      return trans.__('%1 can not be reached from here', host);
    case 'refused':
      return trans.__('%1 refused', host);
    case 'missing':
      return trans.__('%1 does not have it', host);
  }
}

/** As `describeError`, and what gateways did. */
export function storageError(error: unknown, trans: TranslationBundle): string {
  if (error instanceof GatewaysFailedError) {
    return error.faults.length
      ? trans.__(
          'Neither the IPFS node nor a gateway gave it; nothing was changed. (%1)',
          error.faults.map(fault => faultWords(fault, trans)).join('; ')
        )
      : trans.__(
          'The IPFS node does not have it, and no gateway is set, or found by a router.'
        );
  }
  return describeError(error, trans);
}

/** What a verification found, in a sentence or two. */
export function verdict(
  report: IVerified,
  name: string,
  trans: TranslationBundle
): string {
  const { blocks, bytes, gateways, faults, verified } = report;
  const refused = faults.length
    ? ` ${trans._n('%1 gateway was refused.', '%1 gateways were refused.', faults.length)}`
    : '';
  if (verified === false) {
    return (
      trans.__('“%1” could not be had as its CID says.', name) +
      (refused || ` ${trans.__('What came was wrong and was dropped.')}`)
    );
  }
  if (verified === null) {
    return (
      trans.__('“%1” was not found outside: nobody else may have it.', name) +
      refused
    );
  }
  return gateways.length
    ? trans.__(
        '“%1” is what its CID says: %2 blocks, %3.',
        name,
        blocks.toLocaleString(),
        formatBytes(bytes)
      ) + refused
    : trans.__(
        '“%1” is whole on your own node (%2 blocks). No gateway is set: that others can get it is not shown.',
        name,
        blocks.toLocaleString()
      );
}

/** What a verification found of each that was asked, a line each. */
export function verdictLines(
  report: IVerified,
  trans: TranslationBundle
): string[] {
  return [
    ...report.gateways.map(gateway =>
      trans.__('%1 sent what the CID says', hostOf(gateway))
    ),
    ...report.faults.map(fault => faultWords(fault, trans))
  ];
}

const told = new WeakSet<object>();

/** Remember that a notification of its own has told of an error. */
export function markTold<T>(error: T): T {
  if (typeof error === 'object' && error !== null) {
    told.add(error);
  }
  return error;
}

export function wasTold(error: unknown): boolean {
  return typeof error === 'object' && error !== null && told.has(error);
}
