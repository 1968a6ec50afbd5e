import { ServerConnection } from '@jupyterlab/services';

import { Web3Server } from '../server';

const settings = (token: string) =>
  ServerConnection.makeSettings({ baseUrl: 'http://127.0.0.1:1/hub/', token });

describe('Web3Server', () => {
  const sent: { url: string; headers: Headers }[] = [];
  let answer: () => Response;
  const native = globalThis.fetch;

  beforeEach(() => {
    sent.length = 0;
    document.cookie = '_xsrf=2|abc';
    globalThis.fetch = (async (url: string, init?: RequestInit) => {
      sent.push({ url, headers: new Headers(init?.headers) });
      return answer();
    }) as typeof fetch;
  });

  afterAll(() => {
    globalThis.fetch = native;
  });

  it("keeps an upstream's authorization apart from Jupyter's", async () => {
    answer = () => new Response('');
    await new Web3Server(settings('secret')).fetch('ocean/x', {
      headers: { Authorization: 'jwt' }
    });
    expect(sent[0].url).toBe('http://127.0.0.1:1/hub/web3/ocean/x');
    expect(sent[0].headers.get('Authorization')).toBe('token secret');
    expect(sent[0].headers.get('X-Web3-Authorization')).toBe('jwt');
    expect(sent[0].headers.get('X-XSRFToken')).toBe('2|abc');
  });

  it('takes no server part for what it is', async () => {
    answer = () => new Response('<html>', { status: 404 });
    expect(await new Web3Server(settings('')).info()).toBeNull();
  });

  it('asks once, but again after a failure', async () => {
    const server = new Web3Server(settings(''));
    answer = () => Response.json({ message: 'no' }, { status: 500 });
    await expect(server.info()).rejects.toThrow();
    answer = () => Response.json({ version: '1' });
    expect(await server.info()).toEqual({ version: '1' });
    await server.info();
    expect(sent).toHaveLength(2);
  });
});
