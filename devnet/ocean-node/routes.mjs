/** The routes of the HTTP API: what each takes, asks and answers. */
import { getAddress } from 'ethers';

import { checkCredentials } from './credentials.mjs';
import { readFiles, validate } from './ddo.mjs';
import { checkOrderable } from './orders.mjs';
import { Refusal } from './refusal.mjs';
import { search } from './search.mjs';
import { nodeStatus } from './status.mjs';

const SERVICES = '/api/services';
const ASSETS = '/api/aquarius/assets';

export const json = body => ({
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body)
});

const octets = (body, headers = {}) => ({
  status: 200,
  headers: {
    'Content-Type': 'application/octet-stream; charset=utf-8',
    ...headers
  },
  body
});

/** @throws Refusal 400 naming the first that is missing */
function need(values, names, command) {
  const missing = names.find(name => values[name] === undefined);
  if (missing) {
    throw new Refusal(
      400,
      `Missing one ( "${missing}" ) or more required field(s) for command: "${command}". Required fields: ${names}`
    );
  }
}

/** The shapes that a real node takes for a question about a file. */
function isFileQuestion(body) {
  const { type, did, hash, url, serviceId } = body;
  return Boolean(
    (type || did) &&
    (!type || ['ipfs', 'url'].includes(type)) &&
    (!did || /^did:op/.test(did)) &&
    (type !== 'ipfs' || hash) &&
    (type !== 'url' || url) &&
    (type || serviceId)
  );
}

/** What the consumer says goes into the query of a file that is a URL, unchecked. */
function withUserdata(file, userdata) {
  if (!file?.url || !userdata) {
    return file;
  }
  const url = new URL(file.url);
  for (const [name, value] of Object.entries(JSON.parse(userdata))) {
    url.searchParams.append(name, String(value));
  }
  return { ...file, url: url.toString() };
}

const sameAddress = (a, b) =>
  Boolean(a && b && getAddress(a) === getAddress(b));

export function createRoutes({ keys, chain, auth, indexer, files, orders }) {
  const who = (query, authorization, command) => ({
    address: query.consumerAddress,
    nonce: query.nonce,
    signature: query.signature,
    authorization,
    command
  });

  function resolve({ params: [did] }) {
    if (!did.startsWith('did:op')) {
      throw new Refusal(400, 'Missing or invalid required parameter: "did"');
    }
    const ddo = indexer.get(did);
    if (!ddo) {
      throw new Refusal(404, 'DDO not found');
    }
    return json(ddo);
  }

  const serviceOf = (ddo, id) =>
    ddo.services.find(item => item.id === id) ?? ddo.services[Number(id)];

  async function fileInfo({ body }) {
    if (!isFileQuestion(body)) {
      throw new Refusal(400, 'Invalid request parameters');
    }
    let wanted = [body];
    if (body.did) {
      const ddo = indexer.get(body.did);
      const service = ddo?.services && serviceOf(ddo, body.serviceId);
      if (!service) {
        throw new Refusal(500, 'Cannot find service');
      }
      try {
        ({ files: wanted } = readFiles(keys, service));
      } catch (error) {
        throw new Refusal(500, error.message, { cause: error });
      }
      if (body.fileIndex) {
        wanted = [wanted[body.fileIndex]];
      }
    } else if (body.type === 'url') {
      wanted = [{ ...body, method: body.method ?? 'get' }];
    }
    const answers = [];
    for (const file of wanted) {
      try {
        answers.push(await files.info(file, body.checksum === true));
      } catch (error) {
        throw new Refusal(500, error.message);
      }
    }
    // As recorded: without a content type.
    return { status: 200, headers: {}, body: JSON.stringify(answers) };
  }

  async function download({ query, authorization, signal }) {
    // A real node makes a number of it first: NaN counts as given.
    const task = { ...query, fileIndex: Number(query.fileIndex) };
    need(
      task,
      ['fileIndex', 'documentId', 'serviceId', 'transferTxId'],
      'download'
    );
    const ddo = indexer.get(query.documentId);
    if (!ddo) {
      throw new Refusal(500, 'No DDO found for asset');
    }
    checkOrderable(ddo);
    if (!ddo.metadata) {
      throw new Refusal(500, 'Error: DDO malformed or disabled');
    }
    auth.check(who(query, authorization, 'download'));
    await checkCredentials(
      chain,
      ddo.credentials,
      query.consumerAddress,
      `asset ${ddo.id}`
    );

    const service = serviceOf(ddo, query.serviceId);
    if (!service) {
      throw new Refusal(500, 'Cannot find service');
    }
    await checkCredentials(
      chain,
      service.credentials,
      query.consumerAddress,
      `service with id ${service.id}`
    );
    if (service.type === 'compute') {
      throw new Refusal(
        500,
        'Not allowed to download this asset of type compute'
      );
    }
    await orders.check(ddo, service, query);

    let content;
    let file;
    try {
      content = readFiles(keys, service);
      // A real node tells both failures by the same words.
      file = withUserdata(content.files[task.fileIndex], query.userdata);
    } catch (error) {
      throw new Refusal(500, 'Failed to decrypt', { cause: error });
    }
    if (
      !sameAddress(content.nftAddress, ddo.nftAddress) ||
      !sameAddress(content.datatokenAddress, service.datatokenAddress)
    ) {
      throw new Refusal(
        403,
        'Failed to download asset, unauthorized operation!'
      );
    }
    const { headers, stream } = await files.download(file, signal);
    return { status: 200, headers, stream };
  }

  function state({ query }) {
    const { did, nft, txId } = query;
    if (!did && !nft && !txId) {
      throw new Refusal(
        400,
        'Missing or invalid required parameters, you need to specify one of: "did", "txId", "nft"'
      );
    }
    const found = did
      ? indexer.state(did)
      : nft
        ? indexer.failure('nft', nft)
        : indexer.failure('txId', txId);
    if (!found) {
      throw new Refusal(404, 'Not found');
    }
    return json(found);
  }

  async function validateDdo({ body, authorization }) {
    const { ddo, publisherAddress, nonce, signature } = body;
    if (!ddo) {
      throw new Refusal(400, 'Missing DDO object');
    }
    if (publisherAddress && nonce && signature) {
      auth.check({
        address: publisherAddress,
        nonce,
        signature,
        authorization,
        command: 'validateDDO'
      });
    }
    return json(await validate(keys, ddo));
  }

  async function encryptFile(request) {
    const { query, authorization, isJson } = request;
    auth.check(who(query, authorization, 'encryptFile'));
    const method = String(query.encryptMethod ?? 'AES').toUpperCase();
    if (!['AES', 'ECIES'].includes(method)) {
      throw new Refusal(
        400,
        'Invalid parameter: "encryptionType" must be one of: ["string","base58"]'
      );
    }
    let bytes = request.raw;
    if (isJson) {
      const chunks = [];
      for await (const chunk of (await files.download(request.body)).stream) {
        chunks.push(chunk);
      }
      bytes = Buffer.concat(chunks);
    }
    const encrypted =
      method === 'AES' ? keys.encryptAes(bytes) : keys.encryptEcies(bytes);
    // As recorded: sent as text, so bytes that are not UTF-8 are lost.
    return octets(encrypted.toString('utf8'), {
      'X-Encrypted-By': keys.nodeId,
      'X-Encrypted-Method': method
    });
  }

  /** Errors of the token routes are JSON. */
  function asJson(work) {
    try {
      return json(work());
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      return { ...json({ error: error.message }), status: error.status };
    }
  }

  function needAuth(body, ...names) {
    if (names.some(name => !body[name])) {
      throw new Refusal(400, 'Missing required parameters');
    }
  }

  const did = `(?<did>[^/]+)(?:/(?:true|false))?`;
  const table = [
    ['GET', '/', () => json(nodeStatus(keys, chain.chainId))],
    [
      'GET',
      `${SERVICES}/nonce`,
      ({ query }) => json({ nonce: auth.nonce(String(query.userAddress)) })
    ],
    [
      'POST',
      `${SERVICES}/encrypt`,
      ({ query, raw, authorization }) => {
        if (!raw.length) {
          throw new Refusal(400, 'Missing required body');
        }
        auth.check(who(query, authorization, 'encrypt'));
        return octets(`0x${keys.encryptEcies(raw).toString('hex')}`);
      }
    ],
    ['POST', `${SERVICES}/encryptFile`, encryptFile],
    ['POST', `${SERVICES}/fileInfo`, fileInfo],
    [
      'GET',
      `${SERVICES}/initialize`,
      async ({ query }) =>
        json(
          await orders.initialize(
            indexer.get(query.documentId),
            query,
            auth.nonce(String(query.consumerAddress))
          )
        )
    ],
    ['GET', `${SERVICES}/download`, download],
    ['GET', `${SERVICES}/computeEnvironments`, () => json([])],
    ['GET', `${SERVICES}/compute`, () => json([])],
    [
      'POST',
      `${SERVICES}/auth/token`,
      ({ body }) =>
        asJson(() => {
          needAuth(body, 'signature', 'address');
          return { token: auth.createToken(body) };
        })
    ],
    [
      'POST',
      `${SERVICES}/auth/token/invalidate`,
      ({ body }) =>
        asJson(() => {
          needAuth(body, 'signature', 'address', 'token');
          auth.invalidateToken(body);
          return { success: true };
        })
    ],
    ['POST', `${ASSETS}/ddo/validate`, validateDdo],
    [
      'POST',
      `${ASSETS}/metadata/query`,
      ({ body }) => json(search(indexer.assets.values(), body))
    ],
    ['GET', '/api/aquarius/state/ddo', state],
    ['GET', `${ASSETS}/ddo/${did}`, resolve],
    ['GET', `${ASSETS}/metadata/${did}`, resolve]
  ].map(([method, path, handle]) => ({
    method,
    handle,
    pattern: new RegExp(`^${path}/?$`)
  }));

  /** The handler of a request, with what its path holds; or undefined. */
  return (method, path) => {
    for (const route of table) {
      const found = route.method === method && route.pattern.exec(path);
      if (found) {
        return { handle: route.handle, params: found.slice(1) };
      }
    }
    return undefined;
  };
}
