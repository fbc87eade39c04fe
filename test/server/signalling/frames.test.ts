import { connect } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { encodeClientFrame } from '../../../src/protocol/codec.ts';
import type { RequestName } from '../../../src/protocol/messages.ts';
import { RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { until } from '../../support/until.ts';
import { microphoneAsk, sampleAsks } from './sample-asks.ts';

const test = suite('hostile frames');
let server: SignallingServer;
let witness: RawClient;
let pid: number;

test.before(async () => {
  server = await SignallingServer.start({
    signalling: {
      helloTimeoutMs: 1000,
      resumeGraceMs: 300,
      maxMessagesPerSecond: 20,
      maxConnectionsPerAddress: 60,
      maxBufferedBytes: 65_536,
    },
  });
  witness = await RawClient.open(server.url);
  await witness.get('join', { token: 'participant@room', displayName: 'Witness' });
  pid = server.workers.all[0]?.pid ?? 0;
});
test.after.each(async () => {
  // The room is unharmed: somebody in it still gets answers, from the same worker.
  assert.ok(await witness.get('createTransport', { direction: 'receive' }));
  assert.is(server.workers.all[0]?.pid, pid);
  assert.equal(server.errors, []);
});
test.after(() => server.close());

test('arbitrary bytes as first frame close with a code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const client = await RawClient.connect(server.url);
      client.socket.send(bytes);
      // Bytes can be a hello by accident; then it is the time for join that runs out.
      const { code } = await client.untilClosed();
      assert.ok(code >= 4000 && code <= 4003, String(code));
    }),
    { numRuns: 40 },
  );
});

test('mutated frames after join are refused or close with a code', async () => {
  const names = Object.keys(sampleAsks) as RequestName[];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names.filter((name) => name !== 'endMeeting')),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
      async (name, mutations) => {
        const client = await RawClient.open(server.url);
        await client.get('join', { token: 'participant@room', displayName: 'Mutant' });
        const bytes = encodeClientFrame({ type: 'request', id: 2, name, ask: sampleAsks[name] } as never);
        for (const [position, value] of mutations) bytes[position % bytes.length] = value;
        client.socket.send(bytes);
        client.socket.close();
        const { code } = await client.untilClosed();
        assert.ok(code === 1005 || (code >= 4000 && code < 4100), String(code));
      },
    ),
    { numRuns: 60 },
  );
});

test('RTP parameters of every kind of nonsense never reach the worker as a crash', async () => {
  const client = await RawClient.open(server.url);
  await client.get('join', { token: 'participant@room', displayName: 'Fuzz' });
  const { transportId } = await client.get('createTransport', { direction: 'send' });
  const numbers = fc.oneof(fc.constantFrom(0, 1, 127, 128, 0xffff_ffff), fc.nat(200));
  await fc.assert(
    fc.asyncProperty(
      numbers,
      numbers,
      numbers,
      fc.constantFrom('audio/opus', 'video/VP8', 'video/rtx', 'audio/constructor', 'video/__proto__'),
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
      async (payloadType, clockRate, ssrc, mimeType, rids) => {
        const ask = microphoneAsk(transportId, ssrc);
        const [codec] = ask.rtpParameters.codecs;
        Object.assign(codec ?? {}, { payloadType, clockRate, mimeType });
        ask.rtpParameters.encodings.push(...rids.map((rid) => ({ rid, ssrc })));
        const outcome = await client.ask('produce', ask);
        if ('answer' in outcome) await client.get('closeProducer', outcome.answer);
        else assert.ok(['bad-request', 'too-many'].includes(outcome.refusal.code), outcome.refusal.code);
        // The limit on messages is not what is tested here.
        await new Promise((resolve) => setTimeout(resolve, 30));
      },
    ),
    { numRuns: 80 },
  );
  client.socket.close();
});

test('nobody writes lines into the session descriptions of others', async () => {
  const client = await RawClient.open(server.url);
  await client.get('join', { token: 'participant@room', displayName: 'Scribe' });
  const { transportId } = await client.get('createTransport', { direction: 'send' });
  type Rtp = ReturnType<typeof microphoneAsk>['rtpParameters'];
  const tricks: ((rtp: Rtp) => void)[] = [
    (rtp) => Object.assign(rtp.rtcp, { cname: 'two words' }),
    (rtp) => Object.assign(rtp.rtcp, { cname: 'x\r\na=inactive' }),
    (rtp) => Object.assign(rtp, { msid: 'a b c' }),
    (rtp) => Object.assign(rtp, { mid: '0\r\na=inactive' }),
    (rtp) => Object.assign(rtp.codecs[0] ?? {}, { parameters: { useinbandfec: '1\r\na=inactive' } }),
    (rtp) => Object.assign(rtp.codecs[0] ?? {}, { parameters: { 'minptime\n': 10 } }),
    (rtp) =>
      Object.assign(rtp, { headerExtensions: [{ uri: 'a:b c', id: 1, encrypt: false, parameters: {} }] }),
  ];
  for (const trick of tricks) {
    const ask = microphoneAsk(transportId, 4711);
    trick(ask.rtpParameters);
    const outcome = await client.ask('produce', ask);
    assert.is('refusal' in outcome && outcome.refusal.code, 'bad-request', trick.toString());
  }
  await client.get('produce', microphoneAsk(transportId, 4711));
  client.socket.close();
});

test('text frames are refused', async () => {
  const client = await RawClient.connect(server.url);
  client.socket.send('hello');
  assert.is((await client.untilClosed()).code, 4000);
});

test('something else than hello first, and a second hello', async () => {
  const client = await RawClient.connect(server.url);
  client.send({ type: 'acknowledge', sequence: 1 });
  assert.is((await client.untilClosed()).code, 4002);
  const again = await RawClient.open(server.url);
  again.send({ type: 'hello', lowestVersion: 1, highestVersion: 1, client: '' });
  assert.is((await again.untilClosed()).code, 4000);
});

test('an old client is told both versions', async () => {
  const client = await RawClient.open(server.url, { lowestVersion: 0, highestVersion: 0 });
  assert.is((await client.untilClosed()).code, 4001);
  const farewell = client.frames.find((frame) => frame.type === 'farewell');
  assert.match(farewell?.detail ?? '', /Server speaks protocol 1 to 1, client 0 to 0/);
});

test('silence before hello, and before join', async () => {
  const silent = await RawClient.connect(server.url);
  assert.is((await silent.untilClosed()).code, 4003);
  const idle = await RawClient.open(server.url);
  assert.is((await idle.untilClosed()).code, 4003);
});

test('oversized', async () => {
  const client = await RawClient.open(server.url);
  client.socket.send(new Uint8Array(64 * 1024 + 1));
  assert.is((await client.untilClosed()).code, 1009);
});

test('too fast', async () => {
  const client = await RawClient.open(server.url);
  await client.get('join', { token: 'participant@room', displayName: 'Fast' });
  for (let count = 0; count < 400; count += 1) client.send({ type: 'acknowledge', sequence: 0 });
  assert.is((await client.untilClosed()).code, 4004);
});

test('request ids out of order', async () => {
  const client = await RawClient.open(server.url);
  client.send({ type: 'request', id: 5, name: 'leave', ask: {} });
  assert.is((await client.untilClosed()).code, 4000);
});

test('too many connections from one address', async () => {
  const clients: WebSocket[] = [];
  let refused = 0;
  for (let count = 0; count < 70; count += 1) {
    const socket = new WebSocket(server.url);
    socket.on('error', () => {
      refused += 1;
    });
    clients.push(socket);
  }
  await until(
    'all to be decided',
    () => clients.filter((its) => its.readyState === its.OPEN).length + refused === 70,
  );
  assert.ok(refused >= 10, String(refused));
  for (const socket of clients) socket.terminate();
  await until('the connections to be gone', () => server.listener.stats().connections === 1);
});

test('foreign origin and wrong path', async () => {
  for (const [url, origin] of [
    [server.url, 'https://evil.example'],
    [server.url, 'null'],
    [server.url.replace('/signal', '/other'), undefined],
  ] as const) {
    const socket = new WebSocket(url, origin === undefined ? {} : { origin });
    const error = await new Promise<Error>((resolve, reject) => {
      socket.on('error', resolve);
      socket.on('open', () => reject(new Error('accepted')));
    });
    assert.match(error.message, origin ? /403/ : /404/);
  }
});

test('a client that never reads is dropped before it costs memory', async () => {
  await until('everybody of the tests before has left', () => server.listener.stats().sessions === 1);
  const url = new URL(server.url);
  const socket = connect(Number(url.port), url.hostname);
  const reader = await RawClient.open(server.url);
  await reader.get('join', { token: 'moderator@flood', displayName: 'Reader' });
  socket.write(
    'GET /signal HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  socket.write(
    masked(encodeClientFrame({ type: 'hello', lowestVersion: 1, highestVersion: 1, client: 'deaf' })),
  );
  socket.write(
    masked(
      encodeClientFrame({
        type: 'request',
        id: 1,
        name: 'join',
        ask: { token: 'viewer@flood', displayName: 'Deaf' },
      }),
    ),
  );
  await until('the deaf client to join', () => server.listener.stats().sessions === 3);
  // Never acknowledges either: what is kept for it is bounded by the same number of bytes.
  for (let round = 0; round < 400 && server.listener.stats().sessions === 3; round += 1) {
    const guest = await RawClient.open(server.url);
    await guest.get('join', { token: 'viewer@flood', displayName: `${'x'.repeat(50)} ${round}` });
    await guest.get('leave', {});
    // The reader acknowledges as a real client does.
    const sequence = Math.max(...reader.frames.map((frame) => ('sequence' in frame ? frame.sequence : 0)));
    if (round % 16 === 0) reader.send({ type: 'acknowledge', sequence });
    if (guest.closed === undefined) guest.socket.close();
  }
  await until('the deaf client to be dropped', () => server.listener.stats().sessions === 2);
  assert.is(reader.closed, undefined);
  socket.destroy();
  reader.socket.close();
});

/** A binary WebSocket frame as clients must send it: masked (RFC 6455 section 5.3), with a mask of zeros. */
function masked(payload: Uint8Array): Buffer {
  const header =
    payload.length < 126
      ? Buffer.from([0x82, 0x80 | payload.length])
      : Buffer.from([0x82, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

test.run();
