/** Pinning services that were alive in 2026, for the dialog that adds one. */
import type { IServiceInfo } from './transport';

export interface IServiceTemplate {
  /** A proper name; null for "any other". */
  brand: string | null;
  /** Where a key is made; null where that is the person's own. */
  keys: string | null;
  service: IServiceInfo;
}

export const TEMPLATES: readonly IServiceTemplate[] = [
  {
    brand: 'Pinata',
    keys: 'https://app.pinata.cloud/developers/api-keys',
    service: {
      name: 'pinata',
      endpoint: 'https://api.pinata.cloud/psa',
      upload: '',
      auth: 'bearer'
    }
  },
  {
    brand: 'Filebase',
    keys: 'https://console.filebase.com/keys',
    service: {
      name: 'filebase',
      endpoint: 'https://api.filebase.io/v1/ipfs',
      upload: '',
      auth: 'bearer'
    }
  },
  {
    brand: '4EVERLAND',
    keys: 'https://dashboard.4everland.org/bucket/access-token',
    service: {
      name: '4everland',
      endpoint: 'https://api.4everland.dev',
      upload: '',
      auth: 'bearer'
    }
  },
  {
    brand: 'filecoin-pin (own server)',
    keys: null,
    service: {
      name: 'filecoin-pin',
      endpoint: 'http://localhost:3456',
      upload: '',
      auth: 'bearer'
    }
  },
  {
    brand: 'ipfs-cluster (own server)',
    keys: null,
    service: {
      name: 'cluster',
      endpoint: 'http://localhost:9097',
      upload: 'http://localhost:9094',
      auth: 'basic'
    }
  },
  {
    brand: null,
    keys: null,
    service: {
      name: '',
      endpoint: 'https://',
      upload: '',
      auth: 'bearer'
    }
  }
];
