/** What the index adds to a record: token names, prices, the NFT's state. */
import { ZeroAddress, formatEther, isAddress } from 'ethers';

const seconds = timestamp =>
  `${new Date(Number(timestamp) * 1000).toISOString().split('.')[0]}Z`;

async function prices(chain, datatokenAddress) {
  const datatoken = chain.contract(datatokenAddress, 'datatoken');
  const found = [];
  const [dispensers, fixedRates] = await Promise.all([
    datatoken.getDispensers(),
    datatoken.getFixedRates()
  ]);
  for (const address of dispensers) {
    const dispenser = chain.contract(address, 'dispenser');
    if ((await dispenser.status(datatokenAddress)).active) {
      found.push({
        type: 'dispenser',
        price: '0',
        contract: address,
        token: datatokenAddress
      });
    }
  }
  for (const [address, id] of fixedRates) {
    const exchange = await chain.contract(address, 'fixedRate').getExchange(id);
    if (exchange.active) {
      found.push({
        type: 'fixedrate',
        price: formatEther(exchange.fixedRate),
        token: exchange.baseToken,
        contract: address,
        exchangeId: id
      });
    }
  }
  return found;
}

const tokenServices = ddo =>
  ddo.services.filter(
    ({ datatokenAddress: address }) =>
      isAddress(address) && address !== ZeroAddress
  );

/** `datatokens` of a record. */
export async function datatokensOf(chain, ddo) {
  const tokens = [];
  for (const service of tokenServices(ddo)) {
    const token = chain.contract(service.datatokenAddress, 'datatoken');
    const [name, symbol] = await Promise.all([token.name(), token.symbol()]);
    tokens.push({
      address: service.datatokenAddress,
      name,
      symbol,
      serviceId: service.id
    });
  }
  return tokens;
}

/** `indexedMetadata.stats`; `previous` keeps the orders counted so far. */
export async function statsOf(chain, ddo, previous = []) {
  const stats = [];
  for (const { address, name, symbol, serviceId } of ddo.datatokens) {
    const before = previous.find(stat => stat.datatokenAddress === address);
    stats.push({
      datatokenAddress: address,
      name,
      symbol,
      serviceId,
      orders: before?.orders ?? 0,
      prices: await prices(chain, address)
    });
  }
  return stats;
}

/** `indexedMetadata.nft` after a metadata event. */
export async function nftOf(chain, address, state, timestamp) {
  const nft = chain.contract(address, 'nft');
  const [name, symbol, owner, tokenURI] = await Promise.all([
    nft.name(),
    nft.symbol(),
    nft.ownerOf(1),
    nft.tokenURI(1)
  ]);
  return {
    state,
    address,
    name,
    symbol,
    owner,
    created: seconds(timestamp),
    tokenURI
  };
}

export { prices };
