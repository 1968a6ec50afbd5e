/** Answers of an Ocean Node, narrowed; null where a shape can't be read. */

export interface INodeStatus {
  version: string;
  chainIds: number[];
  providerAddress: string;
}

export interface IFileInfo {
  valid: boolean;
  /** Bytes; the node stops counting at about 10 MiB. */
  length: number;
  mediaType: string;
  type: string;
}

export interface IIndexState {
  valid: boolean;
  error: string | null;
  tx: string | null;
}

export interface IProviderFee {
  providerFeeAddress: string;
  providerFeeToken: string;
  /** Base units of the token. */
  providerFeeAmount: string;
  providerData: string;
  v: number;
  r: string;
  s: string;
  /** Seconds since 1970; 0 = without end. */
  validUntil: number;
}

export interface IInitialized {
  providerFee: IProviderFee;
  datatoken: string;
  /** Transaction of an order that the node takes as valid. */
  validOrder: string | null;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value);
const isHex = (value: unknown): value is string =>
  typeof value === 'string' && /^0x[0-9a-fA-F]*$/.test(value);
/** Nodes write " " for nothing. */
const said = (value: unknown): string | null =>
  (typeof value === 'string' && value.trim()) || null;

export function readFileInfo(body: unknown): IFileInfo[] | null {
  if (!Array.isArray(body) || !body.every(isObject)) {
    return null;
  }
  return body.map(info => ({
    valid: info.valid === true,
    length: Number(info.contentLength ?? 0) || 0,
    mediaType: said(info.contentType) ?? 'application/octet-stream',
    type: String(info.type ?? '')
  }));
}

export function readState(body: unknown): IIndexState {
  const { valid, error, txId } = isObject(body) ? body : {};
  return { valid: valid === true, error: said(error), tx: said(txId) };
}

/**
 * Search answers come as arrays, one an index that has hits (Elasticsearch),
 * or as `{found, hits: [{document}]}`, one an index (Typesense). One list an
 * index, since each has pages of its own.
 */
export function readQueryIndexes(body: unknown): unknown[][] | null {
  const parts = Array.isArray(body) ? body : isObject(body) ? [body] : null;
  if (!parts) {
    return null;
  }
  const found: unknown[][] = [];
  const loose: unknown[] = [];
  for (const part of parts) {
    if (Array.isArray(part)) {
      found.push(part.filter(isObject));
    } else if (isObject(part) && Array.isArray(part.hits)) {
      found.push(
        part.hits
          .filter(isObject)
          .map(hit => hit.document)
          .filter(isObject)
      );
    } else if (isObject(part) && typeof part.id === 'string') {
      loose.push(part);
    }
  }
  return loose.length ? [...found, loose] : found;
}

export function readInitialized(body: unknown): IInitialized | null {
  if (!isObject(body) || !isObject(body.providerFee)) {
    return null;
  }
  const fee = body.providerFee;
  const { providerFeeAddress, providerFeeToken, providerData, r, s } = fee;
  const amount = String(fee.providerFeeAmount ?? '');
  if (
    !isAddress(providerFeeAddress) ||
    !isAddress(providerFeeToken) ||
    !isHex(providerData) ||
    !isHex(r) ||
    !isHex(s) ||
    !isAddress(body.datatoken) ||
    !/^[0-9]+$/.test(amount)
  ) {
    return null;
  }
  return {
    providerFee: {
      providerFeeAddress,
      providerFeeToken,
      providerFeeAmount: amount,
      providerData,
      v: Number(fee.v),
      r,
      s,
      validUntil: Number(fee.validUntil ?? 0)
    },
    datatoken: body.datatoken,
    validOrder: isObject(body.validOrder) ? null : said(body.validOrder)
  };
}
