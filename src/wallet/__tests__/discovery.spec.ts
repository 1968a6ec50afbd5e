import { safeIcon, safeName, WalletDiscovery } from '../discovery';
import { announce, MockWallet } from './mockWallet';

describe('safeIcon', () => {
  it.each([
    'data:image/png;base64,iVBORw0KGgo=',
    'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    'data:image/svg+xml;utf8,<svg/>',
    'data:image/webp;base64,UklGRg==',
    'data:image/jpeg;base64,/9j/',
    'data:image/gif;base64,R0lGODlh'
  ])('takes %s', icon => {
    expect(safeIcon(icon)).toBe(icon);
  });

  it.each([
    'https://tracker.example/icon.png',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml',
    ' data:image/png;base64,AA',
    'data:image/svg+xml\n,<svg/>',
    'data:image/bmp;base64,AA',
    `data:image/png;base64,${'A'.repeat(64 * 1024)}`,
    undefined,
    { toString: () => 'data:image/png;base64,AA' }
  ])('refuses %s', icon => {
    expect(safeIcon(icon)).toBeNull();
  });
});

describe('safeName', () => {
  it('is one visible line of bounded length', () => {
    expect(safeName('  Meta\u202eMask\n\tX\u0000 ')).toBe('MetaMask X');
    expect(safeName('<b>Wallet</b>')).toBe('<b>Wallet</b>');
    expect(Array.from(safeName('🦊'.repeat(100)))).toHaveLength(40);
    expect(safeName(7)).toBe('');
  });
});

describe('WalletDiscovery', () => {
  let target: EventTarget;
  let discovery: WalletDiscovery;

  beforeEach(() => {
    target = new EventTarget();
    discovery = new WalletDiscovery(target);
  });

  afterEach(() => discovery.dispose());

  it('asks wallets that were there first', () => {
    const late = new EventTarget();
    late.addEventListener('eip6963:requestProvider', () =>
      announce(late, new MockWallet())
    );
    const found = new WalletDiscovery(late).found;
    expect(found.map(wallet => wallet.info.name)).toEqual(['Mock Wallet']);
  });

  it('keeps the first of a uuid, and both wallets of an rdns', () => {
    const real = new MockWallet();
    announce(target, real, { uuid: 'a' });
    announce(target, new MockWallet(), { uuid: 'a', name: 'Impostor' });
    announce(target, new MockWallet(), { uuid: 'b' });
    expect(discovery.found.map(wallet => wallet.info.uuid)).toEqual(['a', 'b']);
    expect(discovery.find('a')[0].provider).toBe(real);
    expect(discovery.find('com.example.mock')).toHaveLength(2);
  });

  it.each([
    ['no rdns', { rdns: 'nonsense' }],
    ['rdns with markup', { rdns: 'com.<b>' }],
    ['no name', { name: '\u200b' }],
    ['no uuid', { uuid: '' }],
    ['huge uuid', { uuid: 'x'.repeat(101) }]
  ])('refuses %s', (_, info) => {
    announce(target, new MockWallet(), info);
    expect(discovery.found).toEqual([]);
  });

  it('refuses what has no provider', () => {
    announce(target, null);
    announce(target, { request: 'no function' });
    target.dispatchEvent(new Event('eip6963:announceProvider'));
    expect(discovery.found).toEqual([]);
  });

  it('does not let a page fill the memory', () => {
    for (let i = 0; i < 1000; i++) {
      announce(target, new MockWallet(), { uuid: `u${i}` });
    }
    expect(discovery.found.length).toBeLessThanOrEqual(32);
  });
});
