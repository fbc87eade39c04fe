import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stunServers } from '../../src/client/media/stun-servers.ts';

const test = suite('direct path: STUN servers');

const rows: [string, string[][], string[]][] = [
  ['none', [], []],
  ['STUN as it is', [['stun:meet.example.org:3478']], ['stun:meet.example.org:3478']],
  [
    'TURN on UDP answers STUN; on TCP and TLS it is of no use here',
    [
      [
        'turn:192.0.2.1:3478?transport=udp',
        'turn:192.0.2.1:3478?transport=tcp',
        'turns:meet.example.org:443?transport=tcp',
      ],
    ],
    ['stun:192.0.2.1:3478'],
  ],
  [
    'without a word about transport, TURN is on UDP',
    [['turn:[2001:db8::1]:3478']],
    ['stun:[2001:db8::1]:3478'],
  ],
  ['each once', [['turn:a.example'], ['stun:a.example', 'turn:a.example?transport=udp']], ['stun:a.example']],
];
for (const [name, given, expected] of rows) {
  test(name, () => {
    const found = stunServers(given.map((urls) => ({ urls })));
    assert.equal(found, expected.length > 0 ? [{ urls: expected }] : []);
    assert.not.ok(JSON.stringify(found).includes('turn'));
  });
}

test.run();
