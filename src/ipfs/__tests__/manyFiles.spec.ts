/**
 * @jest-environment node
 */
import type { IContent } from '../../content';
import { chosenContents } from '../../drive/chosen';
import { IpfsCancelledError } from '../errors';
import { Forms, readChosen } from '../manyFiles';

const KIB = 1024;

/** As a browser's: its size is a look at the disk, which stops the page. */
class Chosen extends File {
  get size(): number {
    throw new Error('the size was asked for');
  }
}

function chosen(files: Record<string, Uint8Array | string>): IContent[] {
  return chosenContents(
    Object.entries(files).map(([name, data]) => ({
      file: new Chosen([data as string], name),
      path: name
    })),
    // More than are measured.
    false
  );
}

/** Enough small ones that none of them is measured. */
function many(files: Record<string, Uint8Array | string>): IContent[] {
  const others = Array.from({ length: 300 }, (_, i) => [`o${i}`, 'o'] as const);
  return chosen({ ...files, ...Object.fromEntries(others) });
}

const { signal } = new AbortController();

it('reads small files and leaves large ones to the browser', async () => {
  const contents = many({
    empty: '',
    small: 'abc',
    limit: new Uint8Array(256 * KIB).fill(1),
    large: new Uint8Array(256 * KIB + 1).fill(2)
  });
  const parts = await readChosen(contents, signal);
  expect(parts).toHaveLength(contents.length);
  expect(parts[0]).toEqual(new Uint8Array(0));
  expect(Buffer.from(parts[1] as Uint8Array).toString()).toBe('abc');
  expect(parts[2]).toEqual(new Uint8Array(256 * KIB).fill(1));
  expect(parts[3]).toBe(contents[3].file);
  expect(parts.slice(4).every(part => part instanceof Uint8Array)).toBe(true);
});

it('holds a few megabytes of a request, however many files it has', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [
      `f${i}`,
      new Uint8Array(200 * KIB).fill(i)
    ])
  );
  const contents = many(files);
  const parts = await readChosen(contents, signal);
  const held = parts.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.length : 0),
    0
  );
  expect(held).toBeGreaterThan(3 * 1024 * KIB);
  expect(held).toBeLessThan(10 * 1024 * KIB);
  // What is not held is there all the same.
  for (const [i, part] of parts.entries()) {
    expect(part instanceof Uint8Array || part === contents[i].file).toBe(true);
  }
});

it('names a file that is gone, and reads no more', async () => {
  const contents = many({ first: 'a', gone: 'b' });
  const streams: string[] = [];
  for (const [i, { file, name }] of contents.entries()) {
    const stream = file!.stream.bind(file);
    file!.stream = () => {
      streams.push(name);
      if (i === 1) {
        throw new Error('it was moved');
      }
      return stream();
    };
  }
  await expect(readChosen(contents, signal)).rejects.toMatchObject({
    code: 'failed',
    message: '"gone" can\'t be read: it was moved'
  });
  expect(streams).toContain('gone');
  expect(streams.length).toBeLessThan(contents.length);
});

it('can be cancelled', async () => {
  const stop = new AbortController();
  stop.abort();
  await expect(
    readChosen(many({ a: 'a' }), stop.signal)
  ).rejects.toBeInstanceOf(IpfsCancelledError);
});

it('makes forms that say what they were made of', async () => {
  const forms = new Forms();
  const bytes = (text: string): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(text);
  const made: [string[], (Uint8Array<ArrayBuffer> | Blob)[]][] = [
    [
      ['0/0', '0/ü "1"\r\n', '0/2', '1/3'],
      [bytes('a'), new Blob(['large']), bytes(''), bytes('\r\n--')]
    ],
    [['last'], [new Blob(['only'])]],
    [
      ['x', 'y'],
      [bytes('longer than the ones before'), bytes('z')]
    ]
  ];
  // All at once: none is another one's memory.
  const bodies = made.map(([names, parts]) => forms.body(parts, names));
  for (const [i, body] of bodies.entries()) {
    const [names, parts] = made[i];
    const form = await new Response(body, {
      headers: { 'Content-Type': body.type }
    }).formData();
    const files = form.getAll('file') as File[];
    expect(files.map(({ name }) => decodeURIComponent(name))).toEqual(names);
    expect(await Promise.all(files.map(file => file.text()))).toEqual(
      await Promise.all(parts.map(part => new Blob([part]).text()))
    );
  }
});
