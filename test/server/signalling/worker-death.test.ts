import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { until } from '../../support/until.ts';
import { microphoneAsk } from './sample-asks.ts';

const test = suite('a worker dies');

test('its people are told to start over, the others what is gone, and a new endpoint works', async () => {
  const server = await SignallingServer.start();
  const alice = await RawClient.open(server.url);
  const bob = await RawClient.open(server.url);
  try {
    const { participantId } = await alice.get('join', { token: 'participant@room', displayName: 'Alice' });
    await bob.get('join', { token: 'viewer@room', displayName: 'Bob' });
    const { transportId } = await alice.get('createTransport', { direction: 'send' });
    const { producerId } = await alice.get('produce', microphoneAsk(transportId, 1111));
    await until('Bob to know the microphone', () => bob.notifications('producerAdded').length === 1);
    process.kill(server.workers.all[0]?.pid ?? 0, 'SIGKILL');
    await until('Alice to be told', () => alice.notifications('mediaReset').length === 1);
    await until('Bob to be told', () => bob.notifications('producerRemoved').length === 1);
    assert.equal(bob.notifications('producerRemoved')[0]?.body, { participantId, producerId });
    // The old transport is gone; a new one waits until the replacement runs.
    const refused = await alice.ask('restartIce', { transportId });
    assert.ok('refusal' in refused);
    const again = await alice.get('createTransport', { direction: 'send' });
    await alice.get('produce', microphoneAsk(again.transportId, 2222));
    await until('Bob to know the new one', () => bob.notifications('producerAdded').length === 2);
    assert.is(server.workers.deaths, 1);
    assert.is(server.rooms.stats().producers.audio, 1);
  } finally {
    alice.socket.terminate();
    bob.socket.terminate();
    await server.close();
  }
});

test.run();
