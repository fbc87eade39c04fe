import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../src/base/clock.ts';
import { Refusal } from '../../../src/protocol/errors.ts';
import type { RoomId } from '../../../src/protocol/messages.ts';
import { JoinTokens } from '../../../src/server/accounts/tokens.ts';

const test = suite('join tokens');
const secret = new Uint8Array(randomBytes(48));
const roomId = 'r2345678' as RoomId;
const start = 1_800_000_000_000;
let now = start;
const tokens = new JoinTokens({ secret, clock: { ...systemClock, now: () => now } });
test.before.each(() => {
  now = start;
});

async function outcome(token: string): Promise<string> {
  try {
    return JSON.stringify(await tokens.verify(token));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** A token that is right in everything but what is changed. */
function forge(
  change: (jwt: SignJWT) => SignJWT,
  key: Parameters<SignJWT['sign']>[0] = secret,
  alg = 'HS256',
  role: unknown = 'moderator',
) {
  const jwt = new SignJWT({ role } as Record<string, string>).setProtectedHeader({ alg }).setSubject(roomId);
  const seconds = start / 1000 + 60;
  return change(jwt.setIssuer('plenum').setAudience('plenum:join').setExpirationTime(seconds)).sign(key);
}

test('what was signed is what is read, for every role', async () => {
  for (const role of ['moderator', 'participant', 'viewer'] as const) {
    assert.equal(await tokens.verify(await tokens.sign({ roomId, role, expiresAt: start + 60_000 })), {
      roomId,
      role,
    });
  }
  assert.is(await outcome(await forge((jwt) => jwt)), JSON.stringify({ roomId, role: 'moderator' }));
});

test('expires on time', async () => {
  const token = await tokens.sign({ roomId, role: 'viewer', expiresAt: start + 60_000 });
  now = start + 59_000;
  assert.match(await outcome(token), 'viewer');
  now = start + 60_000;
  assert.is(await outcome(token), 'token-expired');
});

test('no algorithm but ours', async () => {
  const unsigned = new UnsecuredJWT({ role: 'moderator' })
    .setSubject(roomId)
    .setIssuer('plenum')
    .setAudience('plenum:join');
  assert.is(await outcome(unsigned.setExpirationTime(start / 1000 + 60).encode()), 'token-invalid');
  assert.is(
    await outcome(await forge((jwt) => jwt, new Uint8Array(randomBytes(64)), 'HS512')),
    'token-invalid',
  );
  assert.is(
    await outcome(await forge((jwt) => jwt, new Uint8Array([...secret, ...secret]), 'HS512')),
    'token-invalid',
  );
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.is(await outcome(await forge((jwt) => jwt, privateKey, 'ES256')), 'token-invalid');
});

test('no foreign key, issuer, audience, role or missing claim', async () => {
  assert.is(await outcome(await forge((jwt) => jwt, new Uint8Array(randomBytes(48)))), 'token-invalid');
  assert.is(await outcome(await forge((jwt) => jwt.setIssuer('other'))), 'token-invalid');
  assert.is(await outcome(await forge((jwt) => jwt.setAudience('plenum:files'))), 'token-invalid');
  assert.is(await outcome(await forge((jwt) => jwt.setSubject('x'.repeat(65)))), 'token-invalid');
  for (const role of ['admin', 'constructor', '', null, 1, ['moderator']]) {
    assert.is(await outcome(await forge((jwt) => jwt, secret, 'HS256', role)), 'token-invalid', String(role));
  }
  const eternal = await new SignJWT({ role: 'viewer' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(roomId)
    .setIssuer('plenum')
    .setAudience('plenum:join')
    .sign(secret);
  assert.is(await outcome(eternal), 'token-invalid');
});

test('a changed role or rubbish is refused', async () => {
  const [head, body = '', signature] = (
    await tokens.sign({ roomId, role: 'viewer', expiresAt: start + 60_000 })
  ).split('.');
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), role: 'moderator' };
  const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
  assert.is(await outcome([head, changed, signature].join('.')), 'token-invalid');
  for (const rubbish of ['', '.', '..', 'x', 'a.b.c', '\u0000', 'x'.repeat(5000), `${head}.${body}.`]) {
    assert.is(await outcome(rubbish), 'token-invalid', JSON.stringify(rubbish.slice(0, 20)));
  }
});

test.run();
