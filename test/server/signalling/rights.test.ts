import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RequestName, Role } from '../../../src/protocol/messages.ts';
import { rightsOf } from '../../../src/server/accounts/rights.ts';
import { rows } from '../../../src/server/signalling/dispatch.ts';
import { RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { sampleAsks } from './sample-asks.ts';

const test = suite('role × message');
const roles: Role[] = ['moderator', 'participant', 'viewer'];
let server: SignallingServer;

test.before(async () => {
  server = await SignallingServer.start();
});
test.after(async () => {
  await server.close();
  assert.equal(server.errors, []);
});

for (const name of Object.keys(rows) as RequestName[]) {
  const row = rows[name];

  test(`${name} before join`, async () => {
    const client = await RawClient.open(server.url);
    const outcome = await client.ask(name, sampleAsks[name]);
    if (row.state === 'connected') assert.ok('answer' in outcome);
    else assert.is('refusal' in outcome && outcome.refusal.code, 'wrong-state');
    client.socket.close();
  });

  for (const role of roles) {
    test(`${name} as ${role}`, async () => {
      const client = await RawClient.open(server.url);
      await client.get('join', { token: `${role}@${name}-${role}`, displayName: role });
      const outcome = await client
        .ask(name, sampleAsks[name])
        .catch((error: Error) => ({ closed: error.message }));
      const code = 'refusal' in outcome ? outcome.refusal.code : 'ok';
      if (row.state === 'connected') assert.is(code, 'wrong-state');
      else if (row.right !== 'none' && !rightsOf(role).has(row.right)) assert.is(code, 'not-allowed');
      else assert.ok(code !== 'not-allowed' && code !== 'internal', code);
      client.socket.close();
    });
  }
}

// The table above reads the rights from the same data as the server; these are written down by hand.
test('who may do what', () => {
  assert.equal([...rightsOf('viewer')], ['subscribe']);
  assert.not.ok(rightsOf('participant').has('moderate'));
  assert.not.ok(rightsOf('participant').has('end-meeting'));
  assert.is(rows.produce.right, 'publish');
  assert.is(rows.removeParticipant.right, 'moderate');
  assert.is(rows.muteParticipant.right, 'moderate');
  assert.is(rows.endMeeting.right, 'end-meeting');
});

test('being first gives no right', async () => {
  const client = await RawClient.open(server.url);
  const joined = await client.get('join', { token: 'viewer@first', displayName: 'First' });
  assert.equal(joined.rights, ['subscribe']);
  assert.is(joined.room.code, '');
  assert.is(joined.room.invitationPath, '');
  client.socket.close();
});

test.run();
