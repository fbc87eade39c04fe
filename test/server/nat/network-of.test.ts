import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { networkOf } from '../../../src/server/nat/network-of.ts';

const test = suite('network of an address');

test('IPv4 alone, IPv6 by /64, however it is written', () => {
  const cases = {
    '192.0.2.1': '192.0.2.1',
    '::ffff:192.0.2.1': '192.0.2.1',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:DB8:1:2::9': '2001:db8:1:2::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '2001:0db8:0001:0002::': '2001:db8:1:2::/64',
  };
  for (const [address, network] of Object.entries(cases)) assert.is(networkOf(address), network, address);
});

test.run();
