import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readInvitation } from '../../src/web/state/invitation-input.ts';
import { parseRoute } from '../../src/web/state/route.ts';
import { roleInToken } from '../../src/web/state/visit.ts';

const test = suite('invitation input');
const origin = 'https://meet.example.org:8443';
const read = (text: string) => readInvitation(text, origin);

test('codes in any spelling', () => {
  for (const text of ['abcd-efgh-ijkm', 'ABCD EFGH IJKM', ' abcdefghijkm ', 'abcd–efgh–ijkm']) {
    assert.equal(read(text), { kind: 'code', code: 'abcd-efgh-ijkm' }, text);
  }
});

test('links, also inside a sentence and without a scheme', () => {
  const path = '/m/room#ey.x.y';
  for (const text of [
    origin + path,
    `Join: ${origin}${path} see you`,
    `meet.example.org:8443${path}`,
    path,
  ]) {
    assert.equal(read(text), { kind: 'path', path }, text);
  }
});

test('what leads nowhere is told apart', () => {
  assert.equal(read('   '), { kind: 'empty' });
  assert.equal(read('https://other.example/m/room#x'), { kind: 'other-server', host: 'other.example' });
  assert.equal(read('https://meet.example.org/m/room#x'), { kind: 'other-server', host: 'meet.example.org' });
  for (const text of [
    'abcd-efgh',
    'abcd-efgh-ijkl',
    `${origin}/other`,
    'javascript:alert(1)',
    'https://',
    '\u0000',
  ]) {
    assert.is(read(text).kind, 'unknown', text);
  }
});

test('routes', () => {
  assert.equal(parseRoute('/', ''), { name: 'start' });
  assert.equal(parseRoute('/m/r-1_x', '#a.b.c'), {
    name: 'meeting',
    roomId: 'r-1_x',
    token: 'a.b.c',
    path: '/m/r-1_x#a.b.c',
  });
  assert.equal(parseRoute('/m/r', ''), { name: 'incomplete' });
  assert.equal(parseRoute('/m/r', '#'), { name: 'incomplete' });
  for (const path of ['/m/', '/m/a/b', '/x', '/m/%2e%2e', `/m/${'a'.repeat(65)}`]) {
    assert.equal(parseRoute(path, '#t'), { name: 'not-found' }, path);
  }
});

test('the role in a token is read for the looks, whatever the token is', () => {
  const token = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
  assert.is(roleInToken(token({ role: 'viewer' })), 'viewer');
  assert.is(roleInToken(token({ role: 'admin' })), undefined);
  assert.is(roleInToken(token(null)), undefined);
  for (const broken of ['', '.', 'a.b.c', 'x.%%%.y']) assert.is(roleInToken(broken), undefined, broken);
});

test.run();
