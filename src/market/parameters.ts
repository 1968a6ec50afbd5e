/**
 * What a publisher asks of whoever consumes a service (`consumerParameters` of
 * the DDO): the form that asks it, and whether the answers fit.
 */
import type { PartialJSONObject } from '@lumino/coreutils';

import type { IConsumerParameter } from '../ocean/asset';
import { MarketError } from './errors';
import { isOpen } from './model';
import type { IAsset, UserData } from './ports';

/**
 * The parameters that a download of the asset needs: none where the content
 * does not depend on them, for it is named by its CID or sealed. A node adds
 * them to the query of a file that is a URL; so the sealing key, which is one,
 * must not get them.
 */
export function askedFor(asset: IAsset): readonly IConsumerParameter[] {
  return isOpen(asset) || asset.web3?.sealed
    ? []
    : (asset.service?.parameters ?? []);
}

/** Of a parameter in the form: a publisher's name could be any key. */
const keyOf = (at: number): string => `p${at}`;

/** A JSON Schema of the form, in the order of the publisher. */
export function parameterSchema(parameters: readonly IConsumerParameter[]): {
  type: 'object';
  properties: Record<string, PartialJSONObject>;
  required: string[];
} {
  const properties: Record<string, PartialJSONObject> = {};
  for (const [at, parameter] of parameters.entries()) {
    const { type, label, description, options } = parameter;
    properties[keyOf(at)] = {
      title: label,
      ...(description ? { description } : {}),
      ...(type === 'select'
        ? {
            type: 'string',
            oneOf: options.map(option => ({
              const: option.value,
              title: option.label
            }))
          }
        : { type: type === 'text' ? 'string' : type })
    };
  }
  return {
    type: 'object',
    properties,
    required: parameters.flatMap(({ required }, at) =>
      required ? [keyOf(at)] : []
    )
  };
}

/** What the form says, by the publisher's names; emptied fields say nothing. */
export function fromForm(
  parameters: readonly IConsumerParameter[],
  data: Readonly<Record<string, unknown>>
): UserData {
  return Object.fromEntries(
    parameters.flatMap(({ name }, at) => {
      const value = data[keyOf(at)];
      return typeof value === 'number' ||
        typeof value === 'boolean' ||
        (typeof value === 'string' && value !== '')
        ? [[name, value]]
        : [];
    })
  );
}

/** What the form starts with: the publisher's defaults. */
export function formDefaults(
  parameters: readonly IConsumerParameter[]
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    parameters.flatMap((parameter, at) => {
      const value = defaultOf(parameter);
      return value === undefined ? [] : [[keyOf(at), value]];
    })
  );
}

/** The publisher's default as its type; undefined where it is none. */
function defaultOf(
  parameter: IConsumerParameter
): string | number | boolean | undefined {
  const { type, options } = parameter;
  const text = parameter.default;
  switch (type) {
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? Number(text)
        : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'select':
      return options.some(({ value }) => value === text) ? text : undefined;
    default:
      return text === '' ? undefined : text;
  }
}

/**
 * The first parameter that its value does not fit, by the rules of an Ocean
 * Node's `validateConsumerParameters`; null when all fit.
 */
export function misfit(
  parameters: readonly IConsumerParameter[],
  values: UserData
): { name: string; why: 'missing' | 'type' | 'option' | 'unknown' } | null {
  for (const { name, type, required, options } of parameters) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === '') {
      if (required) {
        return { name, why: 'missing' };
      }
      continue;
    }
    const wanted =
      type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string';
    if (
      typeof value !== wanted ||
      (typeof value === 'number' && !Number.isFinite(value))
    ) {
      return { name, why: 'type' };
    }
    if (type === 'select' && !options.some(one => one.value === value)) {
      return { name, why: 'option' };
    }
  }
  const unknown = Object.keys(values).find(
    name => !parameters.some(parameter => parameter.name === name)
  );
  return unknown === undefined ? null : { name: unknown, why: 'unknown' };
}

/** Throws MarketError bad-parameter where `misfit` finds one. */
export function checkParameters(
  parameters: readonly IConsumerParameter[],
  values: UserData
): void {
  const wrong = misfit(parameters, values);
  if (wrong) {
    throw new MarketError(
      'bad-parameter',
      `The value of ${wrong.name} does not fit: ${wrong.why}`,
      wrong
    );
  }
}
