/**
 * Changing the record (DDO) of an asset that is there. What this suite does not
 * know stays in it, byte for byte as it was.
 */
import { readParameters, type IConsumerParameter } from './asset';
import type { IDdo, IService } from './ddo';
import { ddoHash } from './ddo';
import { OceanError } from './errors';
import { changedCredentials, type IAccessEdit } from './recordAccess';

export type { IAccessEdit } from './recordAccess';

/** What is to change; the rest stays. */
export interface IRecordChange {
  name?: string;
  description?: string;
  author?: string;
  license?: string;
  tags?: string[];
  /** URL, or null for none. */
  sample?: string | null;
  /** Seconds; 0 = for ever. */
  timeout?: number;
  parameters?: IConsumerParameter[];
  access?: IAccessEdit;
  /** A new version: files as the node encrypted them, and what is told of them. */
  files?: { encrypted: string; web3: unknown };
}

/** What indexes add to a record; it is in none that is published. */
const OF_THE_INDEX = [
  'indexedMetadata',
  'datatokens',
  'event',
  'nft',
  'purgatory',
  'stats',
  'accessDetails'
] as const;

/** Versions of records that are changed here; others are kept as they are. */
const KNOWN = /^4\.\d+\.\d+$/;

/**
 * The record without what the index added.
 *
 * @throws OceanError record-unknown: no record of version 4 with services (a
 *   placeholder of a revoked asset, a credential of version 5)
 */
export function plainRecord(indexed: unknown): IDdo {
  const ddo = { ...(indexed as IDdo & Record<string, unknown>) };
  for (const name of OF_THE_INDEX) {
    delete ddo[name];
  }
  if (
    !KNOWN.test(String(ddo.version)) ||
    !Array.isArray(ddo.services) ||
    typeof ddo.metadata !== 'object'
  ) {
    throw new OceanError(
      'record-unknown',
      `A record of version ${String(ddo.version)} can't be changed here`,
      { words: String(ddo.version) }
    );
  }
  return ddo;
}

/** Whether a record is, to the byte, the one whose hash is on the chain. */
export async function isOnChain(ddo: IDdo, hash: string): Promise<boolean> {
  return (await ddoHash(ddo)) === hash.toLowerCase();
}

const seconds = (date: Date): string =>
  date.toISOString().replace(/\.\d{3}Z$/, 'Z');

function parameter(one: IConsumerParameter): Record<string, unknown> {
  return {
    name: one.name.trim(),
    type: one.type,
    label: one.label.trim() || one.name.trim(),
    required: one.required,
    description: one.description.trim(),
    default: one.default,
    ...(one.type === 'select'
      ? {
          // A text in 4.1.0 (ddo-js, ConsumerParameter).
          options: JSON.stringify(
            one.options.map(({ value, label }) => ({ [value]: label }))
          )
        }
      : {})
  };
}

/**
 * Questions as they are now asked. One that was not touched stays as it was
 * written, and so does one of a kind that is not known here.
 */
function changedParameters(
  before: unknown,
  now: readonly IConsumerParameter[]
): unknown[] {
  const old = (Array.isArray(before) ? (before as unknown[]) : []).map(raw => ({
    raw,
    one: readParameters([raw]).at(0)
  }));
  const written = now.map(one => {
    const found = old.find(({ one: was }) => was?.name === one.name);
    if (found && JSON.stringify(found.one) === JSON.stringify(one)) {
      return found.raw;
    }
    const kept = { ...((found?.raw ?? {}) as { options?: unknown }) };
    delete kept.options;
    return { ...kept, ...parameter(one) };
  });
  return [
    ...written,
    ...old.filter(({ one }) => one === undefined).map(({ raw }) => raw)
  ];
}

function changedMetadata(
  before: Record<string, unknown>,
  change: IRecordChange,
  now: Date
): Record<string, unknown> {
  const metadata = { ...before, updated: seconds(now) };
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) {
      metadata[name as 'updated'] = value as string;
    }
  };
  set('name', change.name?.trim());
  set('description', change.description?.trim().replace(/\r\n?/g, '\n'));
  set('author', change.author?.trim());
  set('license', change.license?.trim());
  set('tags', change.tags?.map(tag => tag.trim()).filter(Boolean));
  if (change.sample !== undefined) {
    const [, ...others] = Array.isArray(before.links) ? before.links : [];
    const sample = change.sample?.trim();
    set('links', [...(sample ? [sample] : []), ...(others as string[])]);
  }
  if (change.files) {
    set('additionalInformation', {
      ...((before.additionalInformation as object | undefined) ?? {}),
      web3: change.files.web3
    });
  }
  return metadata;
}

function changedService(before: IService, change: IRecordChange): IService {
  const service = { ...before };
  if (change.timeout !== undefined) {
    service.timeout = change.timeout;
  }
  if (change.parameters) {
    const parameters = changedParameters(
      before.consumerParameters,
      change.parameters
    );
    if (parameters.length) {
      service.consumerParameters = parameters;
    } else {
      delete service.consumerParameters;
    }
  }
  if (change.files) {
    // Its id stays: a node looks for it in what earlier orders paid.
    service.files = change.files.encrypted;
  }
  return service;
}

/**
 * The record with a change in it; the same for the same arguments.
 *
 * @param serviceIndex - the service that timeout, parameters and files are of
 * @throws OceanError bad-address
 */
export function changeRecord(
  before: IDdo,
  serviceIndex: number,
  change: IRecordChange,
  now: Date
): IDdo {
  const ddo: IDdo & { credentials?: unknown } = {
    ...before,
    metadata: changedMetadata(before.metadata, change, now),
    services: before.services.map((service, at) =>
      at === serviceIndex ? changedService(service, change) : service
    )
  };
  if (change.access) {
    const rule = changedCredentials(
      ddo.credentials,
      change.access,
      before.chainId
    );
    if (rule) {
      ddo.credentials = rule;
    } else {
      delete ddo.credentials;
    }
  }
  return ddo;
}

/** What is wrong with parameters as somebody edits them; null where nothing is. */
export function parametersProblem(
  parameters: readonly IConsumerParameter[]
): 'no-name' | 'same-name' | 'no-options' | 'bad-default' | null {
  const names = parameters.map(({ name }) => name.trim());
  if (names.some(name => !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))) {
    return 'no-name';
  }
  if (new Set(names).size !== names.length) {
    return 'same-name';
  }
  for (const { type, options, default: start } of parameters) {
    if (type === 'select' && options.length === 0) {
      return 'no-options';
    }
    const fits =
      start === '' ||
      (type === 'select'
        ? options.some(({ value }) => value === start)
        : type === 'boolean'
          ? ['true', 'false'].includes(start)
          : type !== 'number' || Number.isFinite(Number(start)));
    if (!fits) {
      return 'bad-default';
    }
  }
  return null;
}
