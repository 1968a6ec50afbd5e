import { BlobContent, ContentUnreadableError, FetchContent } from '../content';
import { CommandIDs } from '../commands';
import { commandSchemas } from '../commandSchemas';

async function read(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const part of parts) {
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString();
}

describe('BlobContent', () => {
  it('can be read again and in parts', async () => {
    const content = new BlobContent({ name: 'a.txt', data: 'hello world' });
    expect(content.size).toBe(11);
    expect(await read(content.stream())).toBe('hello world');
    expect(await read(content.stream({ offset: 6 }))).toBe('world');
    expect(await read(content.stream({ offset: 2, length: 3 }))).toBe('llo');
  });

  it('is an octet stream when nothing is known of it', () => {
    const content = new BlobContent({ name: 'x', data: new Uint8Array(3) });
    expect(content.mediaType).toBe('application/octet-stream');
  });
});

describe('FetchContent', () => {
  const respond = (status: number, body = 'hello world') =>
    new FetchContent({
      name: 'b.txt',
      fetch: async () => new Response(body, { status })
    });

  it('skips and stops where the caller says', async () => {
    expect(await read(respond(200).stream({ offset: 4, length: 4 }))).toBe(
      'o wo'
    );
  });

  it('says that it can not be read', async () => {
    await expect(respond(404).blob()).rejects.toThrow(ContentUnreadableError);
    await expect(read(respond(500).stream())).rejects.toThrow('HTTP 500');
  });
});

describe('commandSchemas', () => {
  it('describes every command', () => {
    expect(Object.keys(commandSchemas).sort()).toEqual(
      Object.values(CommandIDs).sort()
    );
  });
});
