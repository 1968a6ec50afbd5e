/**
 * The publish form: a draft as flat form data, its JSON Schema, and live checks.
 */
import type { RJSFSchema, UiSchema } from '@rjsf/utils';

import type { IDraftProblem } from '../ocean/ddo';
import type { IAssetDraft, INetwork } from '../tokens';

/** The draft as the form edits it. */
export interface IFormData {
  name: string;
  description: string;
  license: string;
  tags: string;
  price: 'free' | 'fixed';
  amount: string;
  token: string;
  chainId: number;
  type: 'dataset' | 'algorithm';
  author: string;
  sample: string;
  days: number;
  /** Of free content; what has a price is sealed always. */
  seal: boolean;
  image: string;
  tag: string;
  entrypoint: string;
  checksum: string;
}

export type FormField = keyof IFormData;

/** What is known before the person typed anything. */
export interface IPrefill {
  title: string;
  account: string | null;
  networks: readonly INetwork[];
  chainId: number | null;
  draft?: Partial<IAssetDraft>;
}

const DAY = 24 * 60 * 60;

/** `iris_measurements.csv` → `iris measurements`. */
export function titleOf(name: string): string {
  const stem = name
    .replace(/^.*\//, '')
    .replace(/(.)\.[^.]{1,10}$/, '$1')
    .replace(/[_-]+/g, ' ')
    .trim();
  return stem || name;
}

/** The form as it opens. */
export function prefill(known: IPrefill): IFormData {
  const { draft = {}, networks } = known;
  const chainId =
    [draft.chainId, known.chainId].find(id =>
      networks.some(network => network.chainId === id && network.oceanNode)
    ) ??
    networks.find(network => network.oceanNode)?.chainId ??
    0;
  const tokens =
    networks.find(network => network.chainId === chainId)?.paymentTokens ?? [];
  const { price, algorithm } = draft;
  return {
    name: draft.name ?? known.title,
    description: draft.description ?? '',
    license: draft.license ?? 'CC-BY-4.0',
    tags: draft.tags?.join(', ') ?? '',
    price: price?.kind ?? 'free',
    amount: price?.kind === 'fixed' ? price.amount : '',
    token: price?.kind === 'fixed' ? price.token : (tokens[0]?.address ?? ''),
    chainId,
    type: draft.type ?? 'dataset',
    author: draft.author ?? known.account ?? '',
    sample: draft.sample ?? '',
    days: draft.timeout ? draft.timeout / DAY : 0,
    seal: draft.seal ?? false,
    image: algorithm?.container.image ?? '',
    tag: algorithm?.container.tag ?? '',
    entrypoint: algorithm?.container.entrypoint ?? '',
    checksum: algorithm?.container.checksum ?? ''
  };
}

/** Whether content is encrypted before it leaves the page. */
export function isToBeSealed(
  draft: Pick<IAssetDraft, 'price' | 'seal'>
): boolean {
  return draft.price.kind === 'fixed' || draft.seal === true;
}

/** The draft that the form says; not checked. */
export function toDraft(form: IFormData): IAssetDraft {
  const tags = form.tags
    .split(',')
    .map(tag => tag.trim())
    .filter((tag, i, all) => tag && all.indexOf(tag) === i);
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    license: form.license.trim(),
    type: form.type,
    price:
      form.price === 'free'
        ? { kind: 'free' }
        : { kind: 'fixed', amount: form.amount.trim(), token: form.token },
    chainId: form.chainId,
    timeout: Math.round(form.days * DAY),
    ...(form.seal && form.price === 'free' ? { seal: true } : {}),
    ...(form.author.trim() ? { author: form.author.trim() } : {}),
    ...(tags.length ? { tags } : {}),
    ...(form.sample.trim() ? { sample: form.sample.trim() } : {}),
    ...(form.type === 'algorithm'
      ? {
          algorithm: {
            container: {
              image: form.image.trim(),
              tag: form.tag.trim(),
              entrypoint: form.entrypoint.trim(),
              checksum: form.checksum.trim()
            }
          }
        }
      : {})
  };
}

/** The field of the form that a problem of the draft belongs to. */
export function fieldOf(field: IDraftProblem['field']): FormField {
  switch (field) {
    case 'price':
    case 'price.amount':
      return 'amount';
    case 'price.token':
      return 'token';
    case 'timeout':
      return 'days';
    case 'algorithm':
      return 'image';
    case 'storage':
      return 'name';
    default:
      return field;
  }
}

/** Words of the form, made by the dialog through the translator. */
export type FormWords = Record<FormField, string> & {
  free: string;
  fixed: string;
  dataset: string;
  algorithm: string;
  descriptionHint: string;
  licenseHint: string;
  tagsHint: string;
  sampleHint: string;
  daysHint: string;
  sealHint: string;
  containerHint: string;
};

/**
 * The schemas of the two halves of the form, for what is chosen in it so far.
 *
 * @param licenses - SPDX identifiers that are offered; any text is allowed
 */
export function schemas(
  form: IFormData,
  networks: readonly INetwork[],
  licenses: readonly string[],
  words: FormWords
): { main: RJSFSchema; more: RJSFSchema } {
  const usable = networks.filter(network => network.oceanNode);
  const tokens =
    networks.find(({ chainId }) => chainId === form.chainId)?.paymentTokens ??
    [];
  const text = (field: FormField): RJSFSchema => ({
    type: 'string',
    title: words[field]
  });
  const priced = form.price === 'fixed' && tokens.length > 0;
  return {
    main: {
      type: 'object',
      required: ['name', 'description', 'license'],
      properties: {
        name: { ...text('name'), minLength: 4, maxLength: 256 },
        description: {
          ...text('description'),
          minLength: 10,
          description: words.descriptionHint
        },
        license: {
          ...text('license'),
          minLength: 1,
          examples: [...licenses],
          description: words.licenseHint
        },
        tags: { ...text('tags'), description: words.tagsHint },
        price: {
          type: 'string',
          title: words.price,
          oneOf: [
            { const: 'free', title: words.free },
            ...(tokens.length ? [{ const: 'fixed', title: words.fixed }] : [])
          ]
        },
        ...(priced
          ? {
              amount: text('amount'),
              token: {
                type: 'string',
                title: words.token,
                oneOf: tokens.map(({ address, symbol }) => ({
                  const: address,
                  title: symbol
                }))
              }
            }
          : {}),
        chainId: {
          type: 'integer',
          title: words.chainId,
          oneOf: usable.map(({ chainId, name }) => ({
            const: chainId,
            title: name
          }))
        }
      }
    },
    more: {
      type: 'object',
      properties: {
        type: {
          type: 'string',
          title: words.type,
          oneOf: [
            { const: 'dataset', title: words.dataset },
            { const: 'algorithm', title: words.algorithm }
          ]
        },
        ...(form.type === 'algorithm'
          ? {
              image: { ...text('image'), description: words.containerHint },
              tag: text('tag'),
              entrypoint: text('entrypoint'),
              checksum: text('checksum')
            }
          : {}),
        author: text('author'),
        sample: { ...text('sample'), description: words.sampleHint },
        days: {
          type: 'number',
          title: words.days,
          minimum: 0,
          description: words.daysHint
        },
        ...(form.price === 'free'
          ? {
              seal: {
                type: 'boolean',
                title: words.seal,
                description: words.sealHint
              }
            }
          : {})
      }
    }
  };
}

/** How the fields are edited. */
export const uiSchema: UiSchema = {
  description: { 'ui:widget': 'textarea', 'ui:options': { rows: 5 } },
  price: { 'ui:widget': 'radio', 'ui:options': { inline: true } },
  amount: { 'ui:options': { inputType: 'text' } }
};

/** Another chain: its own first token, unless the chosen one is there too. */
export function afterChange(
  next: IFormData,
  networks: readonly INetwork[]
): IFormData {
  const tokens =
    networks.find(({ chainId }) => chainId === next.chainId)?.paymentTokens ??
    [];
  if (tokens.some(({ address }) => address === next.token)) {
    return next;
  }
  return {
    ...next,
    token: tokens[0]?.address ?? '',
    price: tokens.length ? next.price : 'free'
  };
}
