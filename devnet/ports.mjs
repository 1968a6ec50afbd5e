/** Ports of a stack: free ones at first, then kept with its state. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';

import { StackError } from './errors.mjs';
import { writeJson } from './paths.mjs';

const HOST = '127.0.0.1';
const FIRST = 20_000;
const LAST = 32_000;

/** @returns {Promise<net.Server>} listening, or throws the socket's error */
function listen(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server));
  });
}

const close = server => new Promise(resolve => server.close(resolve));

/**
 * Free ports, all different; below those that systems hand out for outgoing
 * connections, one of which could sit on a kept port at the next start.
 */
export async function freePorts(count) {
  const servers = [];
  try {
    while (servers.length < count) {
      const port = randomInt(FIRST, LAST);
      try {
        servers.push(await listen(port));
      } catch (error) {
        if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') {
          throw error;
        }
      }
    }
    return servers.map(server => server.address().port);
  } finally {
    await Promise.all(servers.map(close));
  }
}

export async function isFree(port) {
  try {
    await close(await listen(port));
    return true;
  } catch (error) {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') {
      return false;
    }
    throw error;
  }
}

/**
 * The ports of a state, kept in `file`; those of new names are chosen now.
 *
 * @param {string} file
 * @param {string[]} names - of the parts that will be started
 * @param {Record<string, number>} [wished] - given by the person
 * @returns {Promise<Record<string, number>>}
 * @throws {StackError} `port-taken`
 */
export async function keepPorts(file, names, wished = {}) {
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const ports = { ...kept, ...wished };
  const missing = names.filter(name => !ports[name]);
  const fresh = await freePorts(missing.length);
  missing.forEach((name, i) => {
    ports[name] = fresh[i];
  });
  for (const name of names) {
    if (!(await isFree(ports[name]))) {
      throw new StackError(
        'port-taken',
        wished[name]
          ? `Port ${ports[name]} (${name}) is in use by another program: choose another one.`
          : `Port ${ports[name]} (${name}) is in use by another program. This stack keeps its ports, since assets hold their addresses: stop that program, or start over with --reset (an empty chain and IPFS repository on new ports; the notebooks stay).`
      );
    }
  }
  writeJson(file, ports);
  return ports;
}
