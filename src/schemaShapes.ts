/**
 * What the schemas of the commands (commandSchemas.ts) are made of.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** The schemas of one command. `args` goes into Lumino's `describedBy`. */
export interface ICommandSchemas {
  args: ReadonlyJSONObject;
  result: ReadonlyJSONObject;
}

export const string = { type: 'string' } as const;
export const index = { type: 'integer', minimum: 0 } as const;

export const object = (
  properties: Record<string, ReadonlyJSONObject>,
  required: string[] = []
): ReadonlyJSONObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false
});

export const contentsPath = {
  type: 'string',
  description:
    'Contents path, with `ipfs:` for the drive; the selection of the file browser in use when omitted'
};

export const outputArgs = {
  notebook: string,
  cell: index,
  output: index,
  mediaType: string
};
