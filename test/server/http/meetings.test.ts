import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, type Running, startHttp } from './start-http.ts';

const test = suite<Running>('http meetings');
test.before(async (context) => {
  Object.assign(context, await startHttp({ limits: { meetingsPerMinute: 20, wrongCodesPerMinute: 6 } }));
});
test.after((context) => context.stop());

test('a new meeting has three links with three roles, and a code', async ({ url, tokens, directory }) => {
  const { status, json, headers } = await ask(`${url}/api/meetings`, {
    method: 'POST',
    body: { name: ' Wöchentlich ' },
  });
  assert.is(status, 201);
  assert.is(headers['cache-control'], 'no-store');
  assert.is(json.name, 'Wöchentlich');
  const room = await directory.find(String(json.id));
  assert.is(room?.code, json.code);
  assert.is(room?.expiresAt, json.expiresAt);
  for (const [key, role] of Object.entries({
    moderatorPath: 'moderator',
    invitationPath: 'participant',
    viewerPath: 'viewer',
  })) {
    const [path, token = ''] = String(json[key]).split('#');
    assert.is(path, `/m/${json.id}`);
    assert.equal(await tokens.verify(token), { roomId: json.id, role });
    assert.not.match(token, String(json.code).replaceAll('-', ''));
  }
});

test('a meeting can be made that never uses a direct path', async ({ url, directory }) => {
  for (const [body, expected] of [
    [{ name: 'A' }, true],
    [{ name: 'A', p2p: true }, true],
    [{ name: 'A', p2p: false }, false],
  ] as const) {
    const { json } = await ask(`${url}/api/meetings`, { method: 'POST', body });
    assert.is((await directory.find(String(json.id)))?.p2p, expected, JSON.stringify(body));
  }
});

test('bad bodies are refused with a code and a reason', async ({ url }) => {
  for (const body of [
    {},
    { name: 1 },
    { name: '' },
    { name: 'a\nb' },
    { name: 'x', admin: true },
    { name: 'x', p2p: 'no' },
    [],
    'null',
    '{',
    '"x"',
    { name: 'x'.repeat(101) },
  ]) {
    const { status, json } = await ask(`${url}/api/meetings`, { method: 'POST', body });
    assert.is(status, 400, JSON.stringify(body));
    assert.is(json.code, 'bad-request');
    assert.ok(json.message);
    assert.ok(json.detail, JSON.stringify(body));
  }
});

test('too large, not JSON, wrong method, unknown path', async ({ url }) => {
  const post = (body: string, type = 'application/json') =>
    ask(`${url}/api/meetings`, { method: 'POST', body, headers: { 'content-type': type } });
  assert.is((await post(JSON.stringify({ name: 'x'.repeat(20_000) }))).status, 413);
  assert.is((await post('{"name":"x"}', 'text/plain')).status, 415);
  assert.is((await post('name=x', 'application/x-www-form-urlencoded')).status, 415);
  assert.is((await post('{"__proto__":{"name":"x"}}')).status, 400);
  for (const path of [
    '/api/meetings',
    '/api/meetings/',
    '/api/meetings/by-code',
    '/api',
    '/api/meetings/anything',
  ]) {
    const { status, json } = await ask(url + path);
    assert.is(status, 404, path);
    assert.is(json.code, 'not-found', path);
  }
});

test('a code leads to a participant link, and guessing is slow', async ({ url, directory, tokens }) => {
  const room = await directory.create('A');
  const byCode = (code: unknown) => ask(`${url}/api/meetings/by-code`, { method: 'POST', body: { code } });
  const found = await byCode(room.code.toUpperCase().replaceAll('-', ' '));
  assert.is(found.status, 200);
  assert.equal(await tokens.verify(String(found.json.path).split('#')[1] ?? ''), {
    roomId: room.id,
    role: 'participant',
  });
  for (let index = 0; index < 20; index += 1)
    assert.is((await byCode(room.code)).status, 200, 'right codes are free');
  const missing = await byCode('aaaa-aaaa-aaaa');
  assert.is(missing.status, 404);
  assert.is(missing.json.code, 'not-found');
  assert.is((await byCode(5)).status, 400);
  const statuses = [];
  for (let index = 0; index < 8; index += 1) statuses.push((await byCode('aaaa-aaaa-aaaa')).status);
  assert.is(statuses.at(-1), 429);
  const refused = await byCode(room.code);
  assert.is(refused.json.code, 'too-many');
  assert.match(String(refused.json.detail), /again in \d+ s/);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  // X-Forwarded-For of a stranger buys no new attempts.
  const forwarded = await ask(`${url}/api/meetings/by-code`, {
    method: 'POST',
    body: { code: room.code },
    headers: { 'x-forwarded-for': '203.0.113.9' },
  });
  assert.is(forwarded.status, 429);
});

test('behind a trusted proxy everybody has an allowance of their own', async () => {
  const running = await startHttp({ trustedProxies: ['127.0.0.1'], limits: { meetingsPerMinute: 1 } });
  const create = (from: string) =>
    ask(`${running.url}/api/meetings`, {
      method: 'POST',
      body: { name: 'A' },
      headers: { 'x-forwarded-for': from },
    });
  try {
    assert.is((await create('203.0.113.1')).status, 201);
    assert.is((await create('203.0.113.2')).status, 201);
    assert.is((await create('203.0.113.1')).status, 429);
    assert.is((await create('2001:db8::1')).status, 201);
    assert.is((await create('2001:db8::2')).status, 429, 'the same /64');
  } finally {
    await running.stop();
  }
});

test.run();
