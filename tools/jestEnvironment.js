const { TestEnvironment } = require('jest-environment-jsdom');

// What browsers have and jsdom lacks (or has half of): Node's own.
const NATIVE = [
  'Blob',
  'File',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
  'CompressionStream',
  'DecompressionStream',
  'TextDecoder',
  'TextEncoder',
  'Response',
  'Request',
  'Headers',
  'FormData',
  'fetch',
  'structuredClone',
  'AbortController',
  'AbortSignal',
  'Uint8Array',
  'ArrayBuffer',
  'BroadcastChannel'
];

class BrowserLikeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const { File } = require('buffer');
    for (const name of NATIVE) {
      const value = name === 'File' ? File : globalThis[name];
      if (value !== undefined) {
        this.global[name] = value;
      }
    }
    Object.defineProperty(this.global, 'crypto', {
      value: require('crypto').webcrypto,
      configurable: true
    });
    // Lumino and Jupyter's web components use these as soon as they are loaded.
    this.global.DragEvent ??= class DragEvent extends this.global.MouseEvent {};
    this.global.matchMedia ??= media => ({
      media,
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined
    });
  }
}

module.exports = BrowserLikeEnvironment;
