import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isPrivateAddress,
  machineAddresses,
  mediaAddresses,
  type NetworkInterfaces,
} from '../../../src/server/nat/public-address.ts';

const test = suite('public address');

function interfaces(addresses: Record<string, string[]>): NetworkInterfaces {
  return Object.fromEntries(
    Object.entries(addresses).map(([name, list]) => [
      name,
      list.map((address) => ({
        address,
        internal: name === 'lo',
        netmask: '',
        mac: '',
        cidr: null,
        ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
      })),
    ]),
  );
}
const home = interfaces({
  lo: ['127.0.0.1', '::1'],
  eth0: ['fd00::2', '192.168.1.5', 'fe80::1'],
  docker0: ['172.17.0.1'],
});
const auto = { listenAddresses: [], announcedAddresses: [] };

test('the machine’s addresses: no loopback, no link-local, no container bridges, IPv4 first', () => {
  assert.equal(machineAddresses(home), ['192.168.1.5', 'fd00::2']);
  assert.equal(machineAddresses(interfaces({ lo: ['127.0.0.1'], docker0: ['172.17.0.1'] })), ['172.17.0.1']);
  assert.equal(machineAddresses(interfaces({ lo: ['127.0.0.1'] })), []);
});

test('by default media is received on all of them', () => {
  const { addresses, isPrivate } = mediaAddresses(auto, home);
  assert.equal(addresses, [{ ip: '192.168.1.5' }, { ip: 'fd00::2' }]);
  assert.ok(isPrivate);
  const rented = interfaces({ eth0: ['203.0.113.7', '2001:db8::7'] });
  assert.equal(mediaAddresses(auto, rented), {
    addresses: [{ ip: '203.0.113.7' }, { ip: '2001:db8::7' }],
    names: [],
    notes: [],
    isPrivate: false,
  });
});

test('an announced address stands beside the inner one of its family', () => {
  const behind = (announcedAddresses: string[], listenAddresses: string[] = []) =>
    mediaAddresses({ listenAddresses, announcedAddresses }, home);
  assert.equal(behind(['203.0.113.7']).addresses, [
    { ip: '192.168.1.5', announcedAddress: '203.0.113.7' },
    { ip: 'fd00::2' },
  ]);
  assert.equal(behind(['2001:db8::7']).addresses[1], { ip: 'fd00::2', announcedAddress: '2001:db8::7' });
  assert.equal(behind(['meet.example.org'], ['0.0.0.0']), {
    addresses: [{ ip: '192.168.1.5' }],
    names: ['meet.example.org'],
    notes: [],
    isPrivate: false,
  });
  assert.equal(behind(['192.168.1.5']).addresses[0], { ip: '192.168.1.5' }, 'its own needs no announcement');
  assert.match(behind(['203.0.113.7', '203.0.113.8']).notes.join(), /203\.0\.113\.8: no listening address/);
});

test('without a network it runs on loopback and says so', () => {
  const { addresses, notes } = mediaAddresses(auto, interfaces({ lo: ['127.0.0.1'] }));
  assert.equal(addresses, [{ ip: '127.0.0.1' }]);
  assert.is(notes.length, 1);
  assert.equal(mediaAddresses({ ...auto, listenAddresses: ['127.0.0.1'] }, home).addresses, [
    { ip: '127.0.0.1' },
  ]);
});

test('what is private', () => {
  for (const address of [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    'fd00::1',
    'fe80::1',
    '::1',
  ]) {
    assert.ok(isPrivateAddress(address), address);
  }
  for (const address of ['172.32.0.1', '100.128.0.1', '8.8.8.8', '2001:db8::1', 'meet.example.org'])
    assert.not.ok(isPrivateAddress(address), address);
});

test.run();
