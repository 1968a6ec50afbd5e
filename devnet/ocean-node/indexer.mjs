/**
 * The index of assets: rebuilt from the chain's events at every start, then
 * kept up by polling. The chain is its database.
 */
import { getAddress } from 'ethers';

import {
  datatokenEvents,
  didOf,
  dispenserEvents,
  fixedRateEvents,
  nftEvents
} from './chain.mjs';
import { checkShape, readMetadata } from './ddo.mjs';
import { datatokensOf, nftOf, prices, statsOf } from './stats.mjs';

const ACTIVE = 0;
const GONE = [2, 3]; // deprecated, revoked

/** Blocks asked for at once. */
const CHUNK = 2000;

const topics = (events, ...names) =>
  names.map(name => [events.getEvent(name).topicHash, name]);

const EVENT_NAMES = new Map([
  ...topics(nftEvents, 'MetadataCreated', 'MetadataUpdated', 'MetadataState'),
  ...topics(datatokenEvents, 'OrderStarted'),
  ...topics(
    fixedRateEvents,
    'ExchangeCreated',
    'ExchangeActivated',
    'ExchangeDeactivated',
    'ExchangeRateChanged'
  ),
  ...topics(
    dispenserEvents,
    'DispenserCreated',
    'DispenserActivated',
    'DispenserDeactivated'
  )
]);

/** An error of the connection: the log must be read again, not given up. */
const isTransport = error =>
  /^(NETWORK_ERROR|SERVER_ERROR|TIMEOUT|ECONN\w+|EPIPE|ETIMEDOUT|EAI_\w+)$/.test(
    error.code ?? ''
  );

export function createIndexer({ keys, chain, interval, signal, log }) {
  /** did → record. */
  const assets = new Map();
  /** did → why it is (not) indexed. */
  const states = new Map();
  const countedOrders = new Set();
  const startBlock = Number(chain.addresses.startBlock ?? 0);
  let last = { number: startBlock - 1, hash: null };
  let down = false;

  function setState(did, valid, error, where = {}) {
    states.set(did, {
      chainId: chain.chainId,
      did,
      // As recorded: a good one names neither its NFT nor its transaction.
      ...(where.nft ? { nft: where.nft } : {}),
      txId: where.txId ?? ' ',
      valid,
      error,
      id: did
    });
  }

  async function onMetadata(entry, name) {
    const address = getAddress(entry.address);
    if (!(await chain.isMember(address))) {
      return;
    }
    const did = didOf(address, chain.chainId);
    const args = nftEvents.parseLog(entry).args;
    if (GONE.includes(Number(args.state))) {
      return;
    }
    try {
      const previous = assets.get(did);
      const event = previous?.indexedMetadata.event;
      const active = previous?.indexedMetadata.nft?.state === ACTIVE;
      if (name === 'MetadataCreated' && active) {
        if (event?.txid === entry.transactionHash) {
          return;
        }
        throw new Error(
          `DDO ${did} is already registered as active from transaction ${event?.txid}`
        );
      }
      if (name === 'MetadataUpdated') {
        if (!previous) {
          return;
        }
        if (event?.block === entry.blockNumber) {
          throw new Error(
            `Asset was updated later (block: ${event.block}) vs transaction block: ${entry.blockNumber}`
          );
        }
      }

      const ddo = await readMetadata({ keys, chain, log: entry });
      await checkShape(keys, ddo);
      delete ddo.indexedMetadata;
      ddo.chainId = chain.chainId;
      ddo.nftAddress = address;
      ddo.datatokens = await datatokensOf(chain, ddo);
      const [block, stats, nft] = await Promise.all([
        chain.provider.getBlock(entry.blockNumber),
        statsOf(chain, ddo, previous?.indexedMetadata.stats),
        nftOf(chain, address, Number(args.state), args.timestamp)
      ]);
      ddo.indexedMetadata = {
        stats,
        nft,
        event: {
          txid: entry.transactionHash,
          from: args[0],
          contract: address,
          block: entry.blockNumber,
          datetime: new Date(block.timestamp * 1000).toJSON()
        },
        purgatory: { state: false }
      };
      assets.set(did, ddo);
      setState(did, true, ' ');
    } catch (error) {
      if (isTransport(error)) {
        throw error;
      }
      log(`not indexed: ${did}: ${error.message}`);
      setState(did, false, error.message, {
        nft: address,
        txId: entry.transactionHash
      });
    }
  }

  async function onState(entry) {
    const address = getAddress(entry.address);
    const did = didOf(address, chain.chainId);
    const ddo = assets.get(did);
    if (!ddo || !(await chain.isMember(address))) {
      return;
    }
    const state = Number(nftEvents.parseLog(entry).args.state);
    const before = ddo.indexedMetadata.nft.state;
    if (before === ACTIVE && GONE.includes(state)) {
      assets.set(did, {
        id: did,
        version: 'deprecated',
        chainId: chain.chainId,
        nftAddress: ddo.nftAddress,
        indexedMetadata: { nft: { state } }
      });
      return;
    }
    // A real node forgets the NFT's name and owner here; so do we.
    ddo.indexedMetadata.nft = { state };
  }

  function statOf(datatokenAddress) {
    for (const ddo of assets.values()) {
      const stat = ddo.indexedMetadata.stats?.find(
        item => getAddress(item.datatokenAddress) === datatokenAddress
      );
      if (stat) {
        return stat;
      }
    }
    return undefined;
  }

  function onOrder(entry) {
    const id = `${entry.transactionHash}:${entry.index}`;
    const stat = statOf(getAddress(entry.address));
    if (stat && !countedOrders.has(id)) {
      countedOrders.add(id);
      stat.orders += 1;
    }
  }

  async function onPrice(entry, name) {
    const address = getAddress(entry.address);
    const { FixedPrice, Dispenser } = chain.addresses;
    let datatoken;
    if (name.startsWith('Exchange') && address === FixedPrice) {
      const { exchangeId } = fixedRateEvents.parseLog(entry).args;
      const contract = chain.contract(address, 'fixedRate');
      ({ datatoken } = await contract.getExchange(exchangeId));
    } else if (name.startsWith('Dispenser') && address === Dispenser) {
      datatoken = dispenserEvents.parseLog(entry).args.datatokenAddress;
    }
    const stat = datatoken && statOf(getAddress(datatoken));
    if (stat) {
      stat.prices = await prices(chain, stat.datatokenAddress);
    }
  }

  async function onLog(entry) {
    const name = EVENT_NAMES.get(entry.topics[0]);
    if (name === 'MetadataCreated' || name === 'MetadataUpdated') {
      await onMetadata(entry, name);
    } else if (name === 'MetadataState') {
      await onState(entry);
    } else if (name === 'OrderStarted') {
      onOrder(entry);
    } else {
      await onPrice(entry, name);
    }
  }

  /** A chain put back to an older state: what we know of it is worth nothing. */
  async function forgetIfReplaced(head) {
    if (last.hash === null) {
      return;
    }
    const block =
      head < last.number ? null : await chain.provider.getBlock(last.number);
    if (block?.hash !== last.hash) {
      log('the chain was replaced: reading it from the start');
      assets.clear();
      states.clear();
      countedOrders.clear();
      last = { number: startBlock - 1, hash: null };
    }
  }

  /** Read every block that is new. */
  async function catchUp() {
    const head = await chain.provider.getBlockNumber();
    await forgetIfReplaced(head);
    while (last.number < head && !signal.aborted) {
      const toBlock = Math.min(last.number + CHUNK, head);
      // Its hash is taken before its logs: if the chain is put back meanwhile,
      // the next pass sees that the hash is no longer there.
      const block = await chain.provider.getBlock(toBlock);
      if (!block) {
        return;
      }
      const entries = await chain.provider.getLogs({
        fromBlock: last.number + 1,
        toBlock,
        topics: [[...EVENT_NAMES.keys()]]
      });
      for (const entry of entries) {
        await onLog(entry);
      }
      last = { number: toBlock, hash: block.hash };
    }
  }

  async function pass() {
    try {
      await catchUp();
      if (down) {
        log('the chain answers again');
        down = false;
      }
      return true;
    } catch (error) {
      if (!down) {
        log(`the chain does not answer, retrying: ${error.message}`);
        down = true;
      }
      return false;
    }
  }

  return {
    assets,
    get: did => assets.get(did),
    state: did => states.get(did),
    /** A failure, found by NFT or transaction (good ones name neither). */
    failure: (field, value) =>
      [...states.values()].find(
        item => item[field]?.toLowerCase() === value.toLowerCase()
      ),

    /** Resolves when the index is up to date for the first time. */
    async start() {
      while (!(await pass()) && !signal.aborted) {
        await chain.wait(interval, signal);
      }
    },

    /** Follows the chain until `signal` is aborted. */
    async follow() {
      // By the clock: what a pass takes does not put off the next one.
      for (let next = Date.now() + interval; !signal.aborted;) {
        await chain.wait(Math.max(0, next - Date.now()), signal);
        next = Math.max(next, Date.now()) + interval;
        if (!signal.aborted) {
          await pass();
        }
      }
    }
  };
}
