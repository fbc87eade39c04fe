import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CheckConversation } from '../../../src/client/doctor/check-conversation.ts';
import { narrow } from '../../../src/client/doctor/path-plan.ts';
import { NodeEngine } from '../../../src/doctor/node-engine.ts';
import type { RequestName } from '../../../src/protocol/messages.ts';
import { rows } from '../../../src/server/signalling/dispatch.ts';
import { RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { until } from '../../support/until.ts';
import { sampleAsks } from './sample-asks.ts';

/** Checks are for strangers: they get what they need to see whether they can meet here, within limits, and nothing else. */
const test = suite('check');
let server: SignallingServer | undefined;

async function start(check: object): Promise<SignallingServer> {
  server = await SignallingServer.start({ media: { check } });
  return server;
}
test.after.each(async () => {
  const errors = server?.errors;
  await server?.close();
  server = undefined;
  assert.equal(errors, []);
});

async function code(client: RawClient, name: RequestName): Promise<string> {
  const outcome = await client.ask(name, sampleAsks[name] as never);
  return 'refusal' in outcome ? outcome.refusal.code : 'ok';
}

test('nothing of a meeting can be done or learned in a check', async () => {
  const { url } = await start({});
  const person = await RawClient.open(url);
  await person.get('join', { token: 'moderator@secret', displayName: 'Ada' });
  // What the person is told about the own meeting.
  const told = await until(
    'the route is told',
    () => person.notifications().length > 0 && person.notifications(),
  );
  const stranger = await RawClient.open(url);
  const info = await stranger.get('startCheck', {});
  assert.equal(Object.keys(info).sort(), [
    'limitMs',
    'maxBitrate',
    'maxPaths',
    'routerCapabilities',
    'workers',
  ]);
  for (const name of Object.keys(rows) as RequestName[]) {
    if (rows[name].state !== 'checking') assert.is(await code(stranger, name), 'wrong-state', name);
  }
  assert.equal(stranger.notifications(), []);
  assert.equal(person.notifications(), told);
  for (const client of [person, stranger]) client.socket.close();
});

test('no more at a time than configured; who goes makes room', async () => {
  const { url, checks } = await start({ maxChecks: 1 });
  const first = await RawClient.open(url);
  assert.is(await code(first, 'startCheck'), 'ok');
  assert.is(await code(first, 'startCheck'), 'wrong-state');
  const second = await RawClient.open(url);
  assert.is(await code(second, 'startCheck'), 'too-many');
  // Refused: nothing has happened, so it may still become something else.
  assert.is(await code(second, 'openCheckPath'), 'wrong-state');
  first.socket.terminate();
  await until('the check is gone with its connection', () => checks.count === 0);
  assert.is(await code(second, 'startCheck'), 'ok');
  second.socket.close();
});

test('no more from one address in a minute than configured', async () => {
  const { url } = await start({ checksPerMinute: 2 });
  const codes: string[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const client = await RawClient.open(url);
    codes.push(await code(client, 'startCheck'));
    client.socket.close();
  }
  assert.equal(codes, ['ok', 'ok', 'too-many']);
});

test('switched off', async () => {
  const { url } = await start({ enabled: false });
  const client = await RawClient.open(url);
  assert.is(await code(client, 'startCheck'), 'not-allowed');
  client.socket.close();
});

test('a number of paths, and workers that exist', async () => {
  const { url } = await start({ maxPaths: 2 });
  const client = await RawClient.open(url);
  await client.get('startCheck', {});
  const refused = async (worker: number) => {
    const outcome = await client.ask('openCheckPath', { worker });
    return 'refusal' in outcome ? outcome.refusal.code : outcome.answer.transportId;
  };
  assert.is(await refused(7), 'not-found');
  const first = await refused(0);
  await client.get('closeCheckPath', { transportId: first as never });
  assert.is(await code(client, 'closeCheckPath'), 'not-found');
  assert.not.equal(await refused(0), first);
  assert.is(await refused(0), 'too-many');
  client.socket.close();
});

test('an end after the configured time', async () => {
  const { url, checks } = await start({ maxSeconds: 1 });
  const client = await RawClient.open(url);
  await client.get('startCheck', {});
  assert.equal(await client.untilClosed(), { code: 4015, reason: 'check-over' });
  assert.is(checks.count, 0);
});

test('an end for who sends much more than allowed', async () => {
  const { url, checks } = await start({ maxBitrate: 100_000 });
  const conversation = new CheckConversation({ url, client: 'test' });
  const engine = await NodeEngine.create({});
  const { routerCapabilities } = await conversation.start();
  const offered = await conversation.open(0);
  const narrowed = narrow(offered, { kind: 'udp', family: 4 });
  assert.ok(narrowed);
  const path = await engine.open({
    ...narrowed,
    routerCapabilities,
    connect: (parameters) => conversation.connect(offered.transportId, parameters),
    limitMs: 10_000,
  });
  await path.startEcho((kind, parameters) => conversation.echo(offered.transportId, kind, parameters));
  const exchanged = await path.send(90_000, 1000);
  assert.ok(exchanged.packetsReceived > 0);
  assert.is(checks.count, 1);
  await path.send(1_500_000, 3000);
  await until('the check was ended', () => checks.count === 0);
  const error = await conversation.measure(offered.transportId).then(
    () => undefined,
    (failure: Error & { code?: string }) => failure,
  );
  assert.is(error?.code, 'too-fast');
  path.close();
  conversation.close();
});

test.run();
