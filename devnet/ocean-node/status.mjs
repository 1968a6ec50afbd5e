/** What the node says of itself, and the list of its routes, as recorded. */

const SERVICES = '/api/services';
const ASSETS = '/api/aquarius/assets';
const BUCKETS = `${SERVICES}/persistentStorage/buckets`;

/** A client looks the paths up here; some lead to what this node refuses. */
const serviceEndpoints = {
  '/getP2pNetworkStats': ['GET', '/getP2pNetworkStats'],
  '/findPeer': ['GET', '/findPeer'],
  getP2PPeers: ['GET', '/getP2PPeers'],
  getP2PPeer: ['GET', '/getP2PPeer'],
  '/getProvidersForString': ['GET', '/getProvidersForString'],
  '/getProvidersForStrings': ['POST', '/getProvidersForStrings'],
  directCommand: ['POST', '/directCommand'],
  logs: ['POST', '/logs'],
  log: ['POST', '/log/:id'],
  fileInfo: ['POST', `${SERVICES}/fileInfo`],
  decrypt: ['POST', `${SERVICES}/decrypt`],
  encrypt: ['POST', `${SERVICES}/encrypt`],
  encryptFile: ['POST', `${SERVICES}/encryptFile`],
  initialize: ['GET', `${SERVICES}/initialize`],
  nonce: ['GET', `${SERVICES}/nonce`],
  download: ['GET', `${SERVICES}/download`],
  getDDO: ['GET', `${ASSETS}/ddo/:did/:force?`],
  getDDOMetadata: ['GET', `${ASSETS}/metadata/:did/:force?`],
  ddoMetadataQuery: ['POST', `${ASSETS}/metadata/query`],
  getDDOState: ['GET', '/api/aquarius/state/ddo'],
  validateDDO: ['POST', `${ASSETS}/ddo/validate`],
  computeEnvironments: ['GET', `${SERVICES}/computeEnvironments`],
  computeStart: ['POST', `${SERVICES}/compute`],
  freeCompute: ['POST', `${SERVICES}/freeCompute`],
  computeStop: ['PUT', `${SERVICES}/compute`],
  computeStatus: ['GET', `${SERVICES}/compute`],
  computeResult: ['GET', `${SERVICES}/computeResult`],
  computeStreamableLogs: ['GET', `${SERVICES}/computeStreamableLogs`],
  initializeCompute: ['POST', `${SERVICES}/initializeCompute`],
  computeDelete: ['DELETE', `${SERVICES}/compute`],
  indexQueue: ['GET', `${SERVICES}/indexQueue`],
  jobs: ['GET', `${SERVICES}/jobs/:job`],
  PolicyServerPassthrough: ['POST', `${SERVICES}/PolicyServerPassthrough`],
  initializePSVerification: ['POST', `${SERVICES}/initializePSVerification`],
  generateAuthToken: ['POST', `${SERVICES}/auth/token`],
  invalidateAuthToken: ['POST', `${SERVICES}/auth/token/invalidate`],
  '/api/admin/config': ['GET', '/api/admin/config'],
  '/api/admin/config/update': ['POST', '/api/admin/config/update'],
  [BUCKETS]: ['POST', BUCKETS],
  [`${BUCKETS}_GET`]: ['GET', BUCKETS],
  [`${BUCKETS}/:bucketId/files`]: ['GET', `${BUCKETS}/:bucketId/files`],
  [`${BUCKETS}/:bucketId/files/:fileName/object`]: [
    'GET',
    `${BUCKETS}/:bucketId/files/:fileName/object`
  ],
  [`${BUCKETS}/:bucketId/files/:fileName`]: [
    'POST',
    `${BUCKETS}/:bucketId/files/:fileName`
  ],
  [`${BUCKETS}/:bucketId/files/:fileName_DELETE`]: [
    'DELETE',
    `${BUCKETS}/:bucketId/files/:fileName`
  ],
  [`${SERVICES}/accesslists`]: ['GET', `${SERVICES}/accesslists`],
  [`${SERVICES}/accesslists/:chainId/:contractAddress`]: [
    'GET',
    `${SERVICES}/accesslists/:chainId/:contractAddress`
  ]
};

export function nodeStatus(keys, chainId) {
  return {
    nodeId: keys.nodeId,
    chainIds: [String(chainId)],
    providerAddress: keys.address,
    nodePublicKey: Object.fromEntries(Object.entries([...keys.publicKey])),
    serviceEndpoints,
    software: 'Ocean-Node',
    version: '0.0.1',
    notice: 'Development Ocean Node: for development and demos only.'
  };
}
