import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TrustedProxies } from '../../../src/server/http/trusted-proxies.ts';

const test = suite('trusted proxies');

function request(from: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  const message = new IncomingMessage(socket);
  if (forwarded !== undefined) message.headers['x-forwarded-for'] = forwarded;
  return message;
}

test('only what trusted proxies say counts, and only the nearest of it', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);
  const cases: [string, string | undefined, string][] = [
    ['198.51.100.1', undefined, '198.51.100.1'],
    ['198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '198.51.100.7, 203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['10.1.2.3', '10.9.9.9', '10.9.9.9'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', 'rubbish', 'rubbish'],
  ];
  for (const [from, forwarded, expected] of cases) {
    assert.is(proxies.addressOf(request(from, forwarded)), expected, `${from} ${forwarded}`);
  }
});

test('nobody is trusted by default', () => {
  assert.is(new TrustedProxies([]).addressOf(request('127.0.0.1', '203.0.113.9')), '127.0.0.1');
});

test.run();
