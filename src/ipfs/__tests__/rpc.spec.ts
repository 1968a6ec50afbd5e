/** @jest-environment node */
/** Against a fake Kubo: answers that look like success and are not. */
import { createServer, type IncomingMessage, type Server } from 'http';
import type { AddressInfo } from 'net';

import { BlobContent, type IContent } from '../../content';
import { DirectConnection } from '../connection';
import { errorFromKubo } from '../errors';
import { KuboEngine, UNIXFS_V1_2025 } from '../kubo';

interface IAnswer {
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Break the connection after the body. */
  cut?: boolean;
  /** Never answer. */
  hang?: boolean;
}

let server: Server;
let engine: KuboEngine;
let answers: Record<string, IAnswer>;
let asked: { url: URL; body: string; method: string }[];

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then(body => {
      const url = new URL(request.url!, 'http://x');
      asked.push({ url, body, method: request.method! });
      const answer = answers[url.pathname.replace('/api/v0/', '')] ?? {};
      if (answer.hang) {
        return;
      }
      response.writeHead(answer.status ?? 200, answer.headers);
      response.write(answer.body ?? '');
      if (answer.cut) {
        setTimeout(() => response.destroy(), 20);
      } else {
        response.end();
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  answers = {};
  asked = [];
  const { port } = server.address() as AddressInfo;
  engine = new KuboEngine(
    new DirectConnection({ rpc: `http://127.0.0.1:${port}` })
  );
});

const content = (data = 'data', name = 'a #%🦊.txt') =>
  new BlobContent({ name, data });
const line = (value: object) => `${JSON.stringify(value)}\n`;

test('add asks for the profile of IPIP-499 and no pin, by POST', async () => {
  answers.add = { body: line({ Name: 'file', Hash: 'bafy', Size: '12' }) };
  expect(await engine.add(content())).toEqual({ cid: 'bafy', size: 4 });
  const [{ url, method, body }] = asked;
  expect(method).toBe('POST');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    ...Object.fromEntries(
      Object.entries(UNIXFS_V1_2025).map(([key, value]) => [key, String(value)])
    ),
    pin: 'false'
  });
  expect(body).toContain('data');
});

const HASH = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

test('a folder: files by number, many to a request; folders as one archive', async () => {
  answers.add = {
    body:
      line({ Name: '0', Hash: HASH, Size: '1' }) +
      line({ Name: '0/0', Hash: HASH, Size: '3' }) +
      line({ Name: '0/1', Hash: HASH, Size: '4' })
  };
  answers['dag/import'] = { body: line({ Stats: { BlockCount: 3 } }) };
  const told: string[] = [];
  const added = await engine.addFolder(
    [content('one', 'd/a #%🦊+.txt'), content('more', '100%: b')],
    {
      folders: ['d', 'empty'],
      onFile: (name, { size }) => told.push(`${size} ${name}`)
    }
  );
  // Three folders, and the files.
  expect(added.cid).toMatch(/^bafybei/);
  expect(told).toEqual(['3 d/a #%🦊+.txt', '4 100%: b']);
  expect(asked.map(({ url }) => url.pathname)).toEqual([
    '/api/v0/add',
    '/api/v0/dag/import'
  ]);
  const [{ url, body }] = asked;
  expect(body).toMatch(
    /filename="0%2F0"\r\n[^\r]*\r\n\r\none\r\n--[^]*filename="0%2F1"\r\n[^\r]*\r\n\r\nmore\r\n--[^\r]*--\r\n$/
  );
  expect(url.searchParams.get('pin')).toBe('false');
});

test.each([
  [
    'a file that it does not name',
    line({ Name: '0/0', Hash: HASH, Size: '3' }),
    3
  ],
  [
    'fewer folders than were sent',
    [0, 1].map(i => line({ Name: `0/${i}`, Hash: HASH, Size: '3' })).join(''),
    1
  ]
])('a folder is not added: %s', async (_, body, BlockCount) => {
  answers.add = { body };
  answers['dag/import'] = { body: line({ Stats: { BlockCount } }) };
  await expect(
    engine.addFolder([content('x', 'd/a'), content('y', 'b')])
  ).rejects.toMatchObject({ code: 'incomplete' });
});

/** A chosen file, of which nobody asked the size. */
function chosen(name: string, file: File): IContent {
  const { mediaType, source, durable } = content();
  return {
    name,
    mediaType,
    source,
    durable,
    size: null,
    file,
    stream: () => file.stream(),
    blob: async () => file
  };
}

/** What is left of a file that is not there any more. */
function goneBlob<T extends Blob>(blob: T): T {
  const fail = () => Promise.reject(new Error('went away'));
  return Object.assign(blob, {
    arrayBuffer: fail,
    stream: () => new ReadableStream({ pull: fail })
  });
}

test('chosen files travel many to a request, a large one as the browser has it', async () => {
  // Of several blocks: what the node says is stored is more than the file has.
  const large = new File([new Uint8Array(3_000_000)], 'large');
  const read = jest.spyOn(Blob.prototype, 'arrayBuffer');
  answers.add = {
    body:
      line({ Name: '0/0', Hash: HASH, Size: '3' }) +
      line({ Name: '0/1', Hash: HASH, Size: '3000123' })
  };
  answers['dag/import'] = { body: line({ Stats: { BlockCount: 1 } }) };
  const told: string[] = [];
  const sent: number[] = [];
  await engine.addFolder(
    [chosen('a #%🦊.txt', new File(['one'], 'x')), chosen('large', large)],
    {
      onFile: (name, { size }) => told.push(`${size} ${name}`),
      onProgress: bytes => sent.push(bytes)
    }
  );
  expect(told).toEqual(['3 a #%🦊.txt', '3000000 large']);
  expect(sent.at(-1)).toBe(3_000_003);
  expect(asked).toHaveLength(2);
  expect(asked[0].body).toMatch(
    /filename="0%2F0"\r\n[^\r]*\r\n\r\none\r\n--[^]*filename="0%2F1"/
  );
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
});

test('a chosen file that went away while it was sent is named', async () => {
  // A browser says of both that the connection failed.
  answers.add = { body: line({ Name: '0/0' }), cut: true };
  const gone = new File([new Uint8Array(300_000)], 'x');
  const { stream } = gone;
  gone.stream = () => {
    goneBlob(gone);
    return stream.call(gone);
  };
  await expect(
    engine.addFolder([
      chosen('here', new File(['y'], 'y')),
      chosen('d/gone', gone)
    ])
  ).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(/"d\/gone".*went away/)
  });
});

test('a node that goes away while chosen files are sent is no fault of theirs', async () => {
  answers.add = { body: line({ Name: '0/0' }), cut: true };
  await expect(
    engine.addFolder([
      chosen('a', new File(['y'], 'y')),
      chosen('b', new File(['x'], 'x'))
    ])
  ).rejects.toMatchObject({ code: 'offline' });
});

test('a file that went away is named, and nothing is sent after it', async () => {
  const gone = content('x', 'gone');
  gone.blob = async () => goneBlob(new Blob(['x']));
  const broken = jest
    .spyOn(Blob.prototype, 'arrayBuffer')
    .mockRejectedValueOnce(new Error('went away'));
  await expect(
    engine.addFolder([content('y', 'here'), gone])
  ).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(/"gone".*went away/)
  });
  broken.mockRestore();
  expect(asked).toEqual([]);
});

const falseSuccess: [string, IAnswer, string][] = [
  [
    'an error line',
    { body: line({ Message: 'boom', Type: 'error' }) },
    'failed'
  ],
  ['half a line', { body: '{"Name":"file","Ha' }, 'incomplete'],
  ['nothing', { body: '' }, 'incomplete'],
  ['another name', { body: line({ Name: 'x', Hash: 'h' }) }, 'incomplete'],
  ['a cut', { body: line({ Name: 'x' }), cut: true }, 'offline'],
  [
    'a full disk',
    { status: 500, body: line({ Message: 'write: no space left on device' }) },
    'full'
  ],
  [
    'a refusal of the route',
    { status: 403, body: line({ message: 'no', code: 'argument-refused' }) },
    'refused'
  ],
  [
    'the route found no Kubo',
    {
      status: 502,
      body: line({ message: 'no', code: 'upstream-unreachable' })
    },
    'offline'
  ],
  [
    'the route read a trailer',
    {
      status: 502,
      body: line({ message: 'no space left on device', code: 'upstream-error' })
    },
    'full'
  ]
];

test.each(falseSuccess)('add answered by %s', async (_, answer, code) => {
  answers.add = answer;
  await expect(engine.add(content())).rejects.toMatchObject({ code });
});

test('write links nothing when add fails', async () => {
  answers.add = { body: line({ Message: 'boom', Type: 'error' }) };
  await expect(engine.files.write('/a', content())).rejects.toThrow('boom');
  expect(asked.map(({ url }) => url.pathname)).toEqual(['/api/v0/add']);
});

test.each([
  { status: 204 },
  {
    status: 404,
    body: line({ Message: 'file does not exist', code: 'not-found' })
  },
  { status: 500, body: line({ Message: 'file does not exist', Code: 0 }) }
])('a missing path, as the route and as Kubo tell it: %j', async answer => {
  answers['files/stat'] = answer;
  await expect(engine.files.stat('/a')).rejects.toMatchObject({
    code: 'not-found',
    path: '/a'
  });
});

test.each([
  { status: 204 },
  {
    status: 404,
    body: line({ Message: "path 'x' is not pinned", code: 'not-pinned' })
  },
  { status: 500, body: line({ Message: "path 'x' is not pinned", Code: 0 }) }
])('what is not pinned is no failure: %j', async answer => {
  answers['pin/ls'] = answer;
  expect(await engine.pins.has('x')).toBe(false);
});

test('the route keeps what Kubo refuses apart from a node that is away', async () => {
  answers['files/mkdir'] = {
    status: 502,
    body: line({ Message: 'file already exists', code: 'upstream-error' })
  };
  await expect(engine.files.mkdir('/a')).rejects.toMatchObject({
    code: 'exists'
  });
  answers['files/mkdir'] = {
    status: 502,
    body: line({ message: 'cannot be reached', code: 'upstream-unreachable' })
  };
  await expect(engine.files.mkdir('/a')).rejects.toMatchObject({
    code: 'offline'
  });
});

test('a missing path that files/rm answers with 200 is an error', async () => {
  answers['files/stat'] = {
    body: line({ Type: 'file', Hash: 'h', Size: 1, CumulativeSize: 1 })
  };
  answers['files/rm'] = { body: '"/a: file does not exist"\n' };
  await expect(engine.files.rm('/a')).rejects.toMatchObject({
    code: 'not-found'
  });
});

async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const part of stream) {
    size += part.length;
  }
  return size;
}

test('fewer bytes than told are an error', async () => {
  answers.cat = { body: 'abc', headers: { 'X-Content-Length': '4' } };
  await expect(drain(engine.cat('bafy'))).rejects.toMatchObject({
    code: 'incomplete'
  });
  answers.cat = { body: 'abcd', headers: { 'X-Content-Length': '4' } };
  expect(await drain(engine.cat('bafy'))).toBe(4);
  answers['files/stat'] = {
    body: line({ Type: 'file', Hash: 'h', Size: 9, CumulativeSize: 9 })
  };
  answers.cat = { body: 'abc' };
  await expect(drain(engine.files.read('/a'))).rejects.toMatchObject({
    code: 'incomplete'
  });
});

test('a stream that breaks is incomplete, not offline', async () => {
  answers.cat = { body: 'abc', cut: true };
  await expect(drain(engine.cat('bafy'))).rejects.toMatchObject({
    code: 'incomplete'
  });
});

test('a cancel is a cancel, whatever was under way', async () => {
  for (const verb of ['add', 'cat', 'files/stat']) {
    answers[verb] = { hang: true };
  }
  for (const start of [
    (signal: AbortSignal) => engine.add(content(), { signal }),
    (signal: AbortSignal) => drain(engine.cat('bafy', { signal })),
    (signal: AbortSignal) => engine.files.ls('/', { signal })
  ]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(start(controller.signal)).rejects.toMatchObject({
      code: 'cancelled'
    });
  }
});

test('offline says where it looked, and refresh() never rejects', async () => {
  const gone = new KuboEngine(
    new DirectConnection({ rpc: 'http://127.0.0.1:9' })
  );
  const seen: string[] = [];
  gone.statusChanged.connect((_, { state }) => seen.push(state));
  const status = await gone.refresh();
  expect(status).toMatchObject({ state: 'offline', endpoint: '127.0.0.1:9' });
  expect(status.reason).toBeTruthy();
  expect(seen).toEqual(['offline']);
  await expect(gone.files.ls('/')).rejects.toMatchObject({
    code: 'offline',
    endpoint: '127.0.0.1:9'
  });
});

test('status: version and size; a size that is not told is no failure', async () => {
  answers.version = { body: line({ Version: '0.43.0' }) };
  answers['repo/stat'] = { body: line({ RepoSize: 7 }) };
  expect(await engine.refresh()).toMatchObject({
    state: 'online',
    version: '0.43.0',
    repoSize: 7
  });
  answers['repo/stat'] = { status: 500, body: line({ Message: 'no' }) };
  expect(await engine.refresh()).toMatchObject({
    state: 'online',
    repoSize: undefined
  });
});

test('an empty folder is listed as empty', async () => {
  answers['files/stat'] = { body: line({ Hash: 'bafy', Type: 'directory' }) };
  answers.ls = { body: line({ Objects: [{ Hash: 'bafy', Links: null }] }) };
  expect(await engine.files.ls('/')).toEqual([]);
});

test.each([
  ['file does not exist', 'not-found'],
  [
    'cp: cannot put node in path /x: directory already has entry by that name',
    'exists'
  ],
  ['file already exists', 'exists'],
  ['cp: cannot unlink existing file: not a file: /d', 'wrong-type'],
  ['something else', 'failed']
])('"%s" is %s', (message, code) => {
  expect(errorFromKubo(message, '/x', 500).code).toBe(code);
});
