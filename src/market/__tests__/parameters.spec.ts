/** @jest-environment node */
import type { IConsumerParameter } from '../../ocean/asset';
import {
  askedFor,
  checkParameters,
  formDefaults,
  fromForm,
  misfit,
  parameterSchema
} from '../parameters';
import { asset } from './fakes';

const parameter = (patch: Partial<IConsumerParameter>): IConsumerParameter => ({
  name: 'x',
  type: 'text',
  label: 'X',
  required: false,
  description: '',
  default: '',
  options: [],
  ...patch
});
const PARAMETERS = [
  parameter({ name: 'city', required: true, default: 'Oslo' }),
  parameter({ name: 'year', type: 'number', default: '2024' }),
  parameter({ name: 'raw', type: 'boolean', default: 'true' }),
  parameter({
    name: 'unit',
    type: 'select',
    default: 'km',
    options: [
      { value: 'km', label: 'Kilometres' },
      { value: 'mi', label: 'Miles' }
    ]
  }),
  // A publisher's name could be any key.
  parameter({ name: '__proto__', default: 'p' })
];

describe('consumer parameters', () => {
  it('make a form with their labels, choices and defaults', () => {
    const { properties, required } = parameterSchema(PARAMETERS);
    expect(required).toEqual(['p0']);
    expect(Object.values(properties).map(({ type }) => type)).toEqual([
      'string',
      'number',
      'boolean',
      'string',
      'string'
    ]);
    expect(properties.p3.oneOf).toEqual([
      { const: 'km', title: 'Kilometres' },
      { const: 'mi', title: 'Miles' }
    ]);
    expect(formDefaults(PARAMETERS)).toEqual({
      p0: 'Oslo',
      p1: 2024,
      p2: true,
      p3: 'km',
      p4: 'p'
    });
  });

  it('a default that is none of its type, or no choice, is none', () => {
    expect(
      formDefaults([
        parameter({ type: 'number', default: 'many' }),
        parameter({ type: 'boolean', default: 'perhaps' }),
        parameter({ type: 'select', default: 'ly', options: [] })
      ])
    ).toEqual({});
  });

  it('are told by their names, what was emptied not at all', () => {
    const said = fromForm(PARAMETERS, {
      ...formDefaults(PARAMETERS),
      p1: undefined,
      p3: ''
    });
    expect(JSON.parse(JSON.stringify(said))).toEqual(
      JSON.parse('{"city": "Oslo", "raw": true, "__proto__": "p"}')
    );
    expect(misfit(PARAMETERS, said)).toBeNull();
  });

  it.each([
    [{}, 'city', 'missing'],
    [{ city: '' }, 'city', 'missing'],
    [{ city: 7 }, 'city', 'type'],
    [{ city: 'Oslo', year: '2024' }, 'year', 'type'],
    [{ city: 'Oslo', year: NaN }, 'year', 'type'],
    [{ city: 'Oslo', raw: 'true' }, 'raw', 'type'],
    [{ city: 'Oslo', unit: 'ly' }, 'unit', 'option'],
    [{ city: 'Oslo', other: 1 }, 'other', 'unknown']
  ])('%j: %s is %s', (values, name, why) => {
    expect(misfit(PARAMETERS, values)).toEqual({ name, why });
    expect(() => checkParameters(PARAMETERS, values)).toThrow(
      expect.objectContaining({ code: 'bad-parameter', details: { name, why } })
    );
  });

  it('are asked only where they shape what comes', () => {
    const base = asset();
    const service = { ...base.service!, parameters: PARAMETERS };
    const file = { path: 'a', size: 1, mediaType: 'text/csv', profile: '' };
    expect(askedFor(asset({ service }))).toBe(PARAMETERS);
    // Named by its CID, or sealed: a node would add them to the key.
    for (const sealed of [null, 'web3-seal/1'] as const) {
      const web3 = {
        v: 1,
        files: [{ ...file, cid: 'bafk' }],
        sealed,
        source: null
      } as const;
      expect(
        askedFor(asset({ service, web3: { ...web3, files: [...web3.files] } }))
      ).toEqual([]);
    }
  });
});
