import { randomBytes } from 'node:crypto';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClientPath } from '../../../../src/server/nat/turn/client-path.ts';
import { integrityKey, makeCredential } from '../../../../src/server/nat/turn/credentials.ts';
import { turnSettings } from '../../../../src/server/nat/turn/settings.ts';
import {
  attributeOf,
  attributes,
  type Method,
  parseStun,
  StunWriter,
} from '../../../../src/server/nat/turn/stun-message.ts';
import { TurnServer } from '../../../../src/server/nat/turn/turn-server.ts';
import { HandClock } from '../../../client/hand-clock.ts';
import { until } from '../../../support/until.ts';
import { testLog } from '../../http/start-http.ts';
import { type Echo, secret, startEcho } from './start-turn.ts';
import { withUdp } from './turn-client.ts';

const test = suite<{ clock: HandClock; echo: Echo; server: TurnServer; caller: Caller }>(
  'a relayed call of hours',
);
const minute = 60_000;

/** A client without a socket, on a clock that is turned by hand. */
class Caller {
  readonly #server: TurnServer;
  readonly #username: string;
  readonly #path: ClientPath;
  readonly #got: Buffer[] = [];
  #nonce = 'none';
  renewals = 0;

  constructor(server: TurnServer, username: string) {
    this.#server = server;
    this.#username = username;
    const client = { ip: '198.51.100.1', port: 5000 };
    this.#path = { key: username, transport: 'udp', client, send: (message) => void this.#got.push(message) };
  }

  /** As browsers do it: once more with the nonce of a refusal. @returns the error code, 0: none */
  async ask(method: Method, build: (writer: StunWriter) => StunWriter = (writer) => writer): Promise<number> {
    for (let attempt = 0; ; attempt += 1) {
      const writer = build(new StunWriter(method, 'request', randomBytes(12)))
        .attribute(attributes.username, this.#username)
        .attribute(attributes.realm, 'plenum')
        .attribute(attributes.nonce, this.#nonce);
      this.#server.receive(writer.finish({ key: integrityKey(secret, this.#username) }), this.#path);
      const message = parseStun(await until('an answer', () => this.#got.shift(), { everyMs: 1 }));
      const error = message && attributeOf(message, attributes.errorCode);
      const code = error ? (error[2] ?? 0) * 100 + (error[3] ?? 0) : 0;
      if (code !== 438 || attempt > 0) return code;
      this.#nonce = (message && attributeOf(message, attributes.nonce)?.toString()) ?? '';
      this.renewals += 1;
    }
  }

  send(packet: string): void {
    const header = Buffer.from([0x40, 0, 0, packet.length]);
    this.#server.receive(Buffer.concat([header, Buffer.from(packet)]), this.#path);
  }

  async echoed(packet: string): Promise<string> {
    this.send(packet);
    return (await until('the echo', () => this.#got.shift(), { everyMs: 1 })).toString('latin1', 4);
  }

  get waiting(): number {
    return this.#got.length;
  }

  has(): boolean {
    return this.#server.hasAllocation(this.#path);
  }
}

test.before.each(async (context) => {
  context.clock = new HandClock();
  // HandClock begins in 1970; user names want an expiry of nine digits.
  context.clock.turn(1_700_000_000_000);
  context.echo = await startEcho();
  const { limits } = turnSettings.parse({});
  const secretBytes = new TextEncoder().encode(secret);
  const settings = { secret: secretBytes, limits, allocationLifetimeSeconds: 600 };
  context.server = new TurnServer({ ...settings, clock: context.clock, log: testLog });
  context.server.setPeers(context.echo.peers);
  const until4h = context.clock.now() + 240 * minute;
  context.caller = new Caller(context.server, makeCredential(secret, 'somebody', until4h).username);
});
test.after.each(({ server, echo }) => {
  server.close();
  echo.close();
});

test('ten hours: refreshes, nonces that grow stale, credentials that expire, channels renewed in time', async ({
  clock,
  echo,
  caller,
}) => {
  assert.is(await caller.ask('allocate', withUdp), 0);
  const bind = (writer: StunWriter) =>
    writer.number(attributes.channelNumber, 0x40000000).xorAddress(attributes.xorPeerAddress, echo.peer);
  assert.is(await caller.ask('channelBind', bind), 0);
  for (let passed = 0; passed < 600; passed += 4) {
    clock.turn(4 * minute);
    assert.is(await caller.ask('refresh'), 0, `after ${passed} minutes`);
    assert.is(await caller.ask('channelBind', bind), 0);
    assert.is(await caller.echoed(`minute ${passed}`), `minute ${passed}`);
  }
  assert.ok(caller.renewals > 40, `${caller.renewals} nonces`);
  assert.is(await caller.ask('refresh', (writer) => writer.number(attributes.lifetime, 0)), 0);
  assert.is(await caller.ask('allocate', withUdp), 401);
});

test('permissions end after five minutes, channels after ten, the allocation when it is not refreshed', async ({
  clock,
  echo,
  server,
  caller,
}) => {
  await caller.ask('allocate', withUdp);
  await caller.ask('channelBind', (writer) =>
    writer.number(attributes.channelNumber, 0x40000000).xorAddress(attributes.xorPeerAddress, echo.peer),
  );
  clock.turn(5 * minute + 1000);
  await caller.ask('refresh');
  const foreign = server.counters.foreignPackets;
  caller.send('without a permission');
  await until('what came back was dropped', () => server.counters.foreignPackets > foreign);
  assert.is(caller.waiting, 0);
  clock.turn(5 * minute);
  const { malformed } = server.counters;
  caller.send('without a channel');
  assert.is(server.counters.malformed, malformed + 1);
  clock.turn(10 * minute);
  await turnOfLoop();
  assert.not.ok(caller.has());
  assert.is(server.counters.allocations.udp, 0);
});

test.run();
