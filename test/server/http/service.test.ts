import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, lines, type Running, startHttp } from './start-http.ts';

const test = suite<Running>('http service');
test.before(async (context) => {
  Object.assign(context, await startHttp());
});
test.after((context) => context.stop());

test('health: live, and ready as long as every part is', async ({ url, loopbackUrl }) => {
  assert.equal((await ask(`${url}/health/live`)).json, { status: 'live' });
  assert.equal((await ask(`${url}/health/ready`)).json, { status: 'ready', checks: { store: true } });
  assert.is((await fetch(`${loopbackUrl}/health/ready`)).status, 200);
  const other = await startHttp();
  await other.store.close();
  const { status, json } = await ask(`${other.url}/health/ready`);
  assert.is(status, 503);
  assert.equal(json, { status: 'not-ready', checks: { store: false } });
  await other.stop();
});

test('without the web client there is a page that says so, and it is served as soon as it is there', async ({
  url,
  webDirectory,
}) => {
  const missing = await ask(`${url}/`);
  assert.is(missing.status, 503);
  assert.match(missing.text, /npm start/);
  assert.match(missing.text, /lang="de"/);
  mkdirSync(join(webDirectory, 'assets'), { recursive: true });
  writeFileSync(join(webDirectory, 'index.html'), '<!doctype html>plenum');
  writeFileSync(join(webDirectory, 'assets', 'main-abc.js'), 'plain()');
  writeFileSync(join(webDirectory, '.secret'), 'x');
  for (const path of ['/', '/m/abc', '/m/abc?x=1']) {
    const { status, text, headers } = await ask(url + path);
    assert.is(status, 200, path);
    assert.match(text, 'plenum');
    assert.is(headers['cache-control'], 'no-cache');
  }
  const asset = await ask(`${url}/assets/main-abc.js`);
  assert.is(asset.text, 'plain()');
  assert.is(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.is((await ask(`${url}/assets/none.js`)).status, 404);
  for (const path of [
    '/.secret',
    '/../join-token-secret',
    '/..%2fplenum.sqlite',
    '/%2e%2e/plenum.sqlite',
    '/assets/..%5c..%5cplenum.sqlite',
  ]) {
    assert.ok([403, 404].includes((await ask(url + path)).status), path);
  }
  const page = await ask(`${url}/nowhere`, { headers: { accept: 'text/html' } });
  assert.is(page.status, 404);
  assert.match(page.text, 'Page not found');
});

test('scripts are compressed, once, when the browser takes that', async ({ loopbackUrl, webDirectory }) => {
  mkdirSync(join(webDirectory, 'assets'), { recursive: true });
  const script = 'say("hello");'.repeat(1000);
  writeFileSync(join(webDirectory, 'assets', 'big-abc.js'), script);
  const get = async (encoding: string) => {
    const answer = await fetch(`${loopbackUrl}/assets/big-abc.js`, {
      headers: { 'accept-encoding': encoding },
    });
    assert.is(await answer.text(), script, encoding);
    assert.match(answer.headers.get('content-type') ?? '', 'javascript');
    assert.match(answer.headers.get('cache-control') ?? '', 'immutable');
    assert.match(answer.headers.get('vary') ?? '', 'Accept-Encoding');
    return [
      answer.headers.get('content-encoding'),
      Number(answer.headers.get('content-length')) < script.length / 10,
    ];
  };
  assert.equal(await get('gzip, deflate, br, zstd'), ['br', true]);
  assert.equal(await get('gzip'), ['gzip', true]);
  assert.equal(await get('br;q=0, gzip;q=0.5'), ['gzip', true]);
  assert.equal(await get('identity'), [null, false]);
  writeFileSync(join(webDirectory, 'assets', 'big-abc.js'), 'changed');
  assert.equal(await get('br'), ['br', true], 'kept');
});

test('security headers on every answer', async ({ url, loopbackUrl }) => {
  for (const path of ['/', '/nowhere', '/api/nowhere', '/health/live']) {
    const { headers } = await ask(url + path, { headers: { host: 'meet.example.org' } });
    const policy = String(headers['content-security-policy']);
    assert.match(policy, "default-src 'none'");
    assert.match(policy, "frame-ancestors 'none'");
    assert.match(policy, "connect-src 'self' wss://meet.example.org;");
    assert.not.match(policy, 'unsafe');
    assert.match(String(headers['permissions-policy']), 'camera=(self)');
    assert.is(headers['x-content-type-options'], 'nosniff');
    assert.is(headers['referrer-policy'], 'no-referrer');
    assert.is(
      headers['strict-transport-security'],
      undefined,
      'a self-signed certificate must not lock people out',
    );
    assert.is(headers.server, undefined);
  }
  const strange = await ask(url, { headers: { host: "x; script-src 'unsafe-inline'" } });
  assert.not.match(String(strange.headers['content-security-policy']), 'unsafe');
  assert.match(
    (await fetch(loopbackUrl)).headers.get('content-security-policy') ?? '',
    `ws://${new URL(loopbackUrl).host}`,
  );
});

test('logs neither ids nor whole addresses of requests', async ({ url }) => {
  await ask(`${url}/m/averysecretroom`);
  assert.not.match(JSON.stringify(lines), 'averysecretroom');
});

test('rubbish on the wire does not end the server', async ({ service, url, loopbackUrl }) => {
  const send = (port: number, bytes: string) =>
    new Promise<void>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
      socket
        .on('close', () => resolve())
        .on('error', () => undefined)
        .resume();
    });
  for (const port of [service.securePort ?? 0, service.loopbackPort ?? 0]) {
    for (const bytes of [
      '',
      '\u0016\u0003\u0001',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
      'POST /api/meetings HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
    ]) {
      await send(port, bytes);
    }
  }
  for (const path of ['/%', '/%ff', '/m/%00', '//x', '/?__proto__=1']) await ask(url + path);
  assert.is((await fetch(`${loopbackUrl}/health/live`)).status, 200);
  assert.ok((service.stats().answers['4xx'] ?? 0) > 0);
});

test('a taken port is named with what to change; without the loopback port it goes on', async ({
  service,
}) => {
  const taken = String(service.securePort);
  const error = await startHttp({ port: service.securePort }).catch((reason: unknown) => reason);
  assert.match(
    String(error),
    new RegExp(
      `Port ${taken} on 127\\.0\\.0\\.1 is taken by another program\\. Change http\\.port .*PLENUM_HTTP_PORT`,
    ),
  );
  const other = await startHttp({ loopback: { port: service.loopbackPort } });
  assert.is((await ask(`${other.url}/health/live`)).status, 200);
  await other.stop();
});

test('a running request is answered, then everything is closed, silent connections too', async () => {
  const other = await startHttp();
  const port = other.service.loopbackPort ?? 0;
  const silent = net.connect(port, '127.0.0.1');
  const cut = new Promise((resolve) => silent.on('close', resolve).on('error', () => undefined));
  const kept = new http.Agent({ keepAlive: true });
  await new Promise<void>((resolve) => {
    http.get(`${other.loopbackUrl}/health/live`, { agent: kept }, (response) =>
      response.resume().on('end', resolve),
    );
  });
  await Promise.all([other.stop(), other.service.close(), cut]);
  kept.destroy();
  await new Promise<void>((resolve, reject) => {
    const probe = net.connect(port, '127.0.0.1', () => reject(new Error('still open')));
    probe.on('error', () => resolve());
  });
});

test.run();
