/** @jest-environment node */
import { toWalletError } from '../errors';
import { mergeNetworks } from '../networks';
import { ChainReader } from '../reader';
import { json, LOCAL_CHAIN, MockServer } from './mockWallet';

const networks = mergeNetworks([], LOCAL_CHAIN);
const network = (id: number) => networks.find(n => n.chainId === id) ?? null;

function setup(chainId: number, answer: () => Response) {
  const server = new MockServer(
    { chain: LOCAL_CHAIN },
    { 'POST chain': answer }
  );
  const fetch = jest.fn(async (_url: string, _init: RequestInit) => answer());
  const reader = new ChainReader(chainId, { server, network, fetch });
  return { server, fetch, reader };
}

it("reads the server's chain through the server alone", async () => {
  const { reader, server, fetch } = setup(8996, () => json({ result: '0x10' }));
  expect(
    await reader.request({
      method: 'eth_getBalance',
      params: ['0xa', 'latest']
    })
  ).toBe('0x10');
  expect(server.asked[0].body).toMatchObject({
    jsonrpc: '2.0',
    method: 'eth_getBalance',
    params: ['0xa', 'latest']
  });
  expect(fetch).not.toHaveBeenCalled();
});

it('reads other chains at their endpoint, without credentials', async () => {
  const { reader, server, fetch } = setup(8453, () => json({ result: null }));
  expect(
    await reader.request({ method: 'eth_getTransactionReceipt' })
  ).toBeNull();
  expect(fetch.mock.calls[0][0]).toBe(network(8453)?.rpc);
  expect(fetch.mock.calls[0][1]).toMatchObject({ credentials: 'omit' });
  expect(server.asked).toEqual([]);
});

it('reads public chains while the server is away', async () => {
  const { reader, server } = setup(1, () => json({ result: '0x1' }));
  server.info = () => Promise.reject(new Error('down'));
  expect(await reader.request({ method: 'eth_blockNumber' })).toBe('0x1');
});

it('passes the error of the chain on, with its data', async () => {
  const { reader } = setup(1, () =>
    json({
      error: { code: 3, message: 'execution reverted', data: '0x08c379a0' }
    })
  );
  const error = await reader
    .request({ method: 'eth_call' })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 3, data: '0x08c379a0' });
  expect(toWalletError(error)).toMatchObject({
    code: 'rpc',
    rpcCode: 3,
    data: '0x08c379a0'
  });
});

it.each([
  ['HTML of a portal', () => new Response('<html>Log in</html>')],
  ['a gateway error', () => new Response('Bad gateway', { status: 502 })],
  ['something else', () => json('hello')],
  ['no JSON-RPC', () => json({ message: 'Forbidden' }, 403)]
])('tells that a chain can not be reached: %s', async (_, answer) => {
  const { reader } = setup(1, answer);
  const error = await reader
    .request({ method: 'eth_blockNumber' })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 4900 });
  expect(toWalletError(error).code).toBe('offline');
});

it('knows no endpoint of an unknown chain', async () => {
  const { reader } = setup(31337, () => json({ result: '0x1' }));
  await expect(
    reader.request({ method: 'eth_blockNumber' })
  ).rejects.toMatchObject({ code: 'unknown-chain', chainId: 31337 });
});
