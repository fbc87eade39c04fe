import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type SelfSignedParts,
  selfSignedCertificate,
  uncoveredAddresses,
} from '../../../src/server/http/self-signed.ts';
import { until } from '../../support/until.ts';
import { ask, startHttp } from './start-http.ts';

const day = 24 * 60 * 60 * 1000;
const test = suite<{ directory: string; parts: (change?: Partial<SelfSignedParts>) => SelfSignedParts }>(
  'certificates',
);
test.before.each((context) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plenum-tls-'));
  context.directory = dataDirectory;
  context.parts = (change = {}) => ({
    dataDirectory,
    names: [],
    hostName: 'box',
    addresses: ['192.0.2.7', 'fd00::7'],
    now: Date.now(),
    ...change,
  });
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

test('names this machine and what is configured; the key is the owner’s only', async ({
  parts,
  directory,
}) => {
  const made = await selfSignedCertificate(parts({ names: ['meet.example.org', '203.0.113.5'] }));
  const x509 = new X509Certificate(made.certificate);
  for (const name of ['localhost', 'box', 'meet.example.org']) assert.ok(x509.checkHost(name), name);
  for (const address of ['127.0.0.1', '::1', '192.0.2.7', 'fd00::7', '203.0.113.5'])
    assert.ok(x509.checkIP(address), address);
  assert.is(made.selfSigned, true);
  assert.match(made.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.is(statSync(join(directory, 'self-signed.pem')).mode & 0o777, 0o600);
});

test('the fingerprint stays as long as it can', async ({ parts }) => {
  const { fingerprint } = await selfSignedCertificate(parts());
  const later = async (change: Partial<SelfSignedParts>) =>
    (await selfSignedCertificate(parts(change))).fingerprint;
  assert.is(await later({}), fingerprint);
  assert.is(await later({ addresses: ['192.0.2.7', '10.1.1.1'] }), fingerprint, 'one address more');
  assert.is(await later({ addresses: [] }), fingerprint, 'no network');
  assert.is(await later({ now: Date.now() + 700 * day }), fingerprint, 'still valid');
  assert.is(
    await later({ names: ['localhost'], addresses: ['172.17.0.5'] }),
    fingerprint,
    'a container behind a configured name',
  );
});

test('it changes when it must, with the same key', async ({ parts }) => {
  const first = await selfSignedCertificate(parts());
  const renewed = await selfSignedCertificate(parts({ now: Date.now() + 800 * day }));
  assert.is.not(renewed.fingerprint, first.fingerprint);
  assert.is(renewed.key.trim(), first.key.trim());
  const named = await selfSignedCertificate(parts({ names: ['meet.example.org'] }));
  assert.is.not(named.fingerprint, renewed.fingerprint);
  const moved = await selfSignedCertificate(parts({ addresses: ['10.1.1.1'] }));
  assert.is.not(moved.fingerprint, named.fingerprint);
  assert.equal(uncoveredAddresses(moved, ['10.1.1.1', '10.1.1.2']), ['10.1.1.2']);
});

test('a damaged file is replaced', async ({ parts, directory }) => {
  const path = join(directory, 'self-signed.pem');
  await selfSignedCertificate(parts());
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 300));
  assert.is((await selfSignedCertificate(parts())).selfSigned, true);
});

test('certificate files are used, read again when they change, and a half-written pair changes nothing', async ({
  directory,
}) => {
  const certificateFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  const authority = await generate([{ name: 'commonName', value: 'Test CA' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true }],
  });
  const issue = () =>
    generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
    });
  const write = (pair: { cert: string; private: string }) => {
    writeFileSync(certificateFile, pair.cert);
    writeFileSync(keyFile, pair.private);
    return new X509Certificate(pair.cert).fingerprint256;
  };
  const first = write(await issue());
  const running = await startHttp({ tls: { certificateFile, keyFile, minVersion: 'TLSv1.3' } });
  try {
    const answer = await ask(running.url);
    assert.is(answer.fingerprint, first);
    assert.match(String(answer.headers['strict-transport-security']), 'max-age');
    const old = await ask(running.url, { maxVersion: 'TLSv1.2' }).catch((error: unknown) => error);
    assert.match(String(old), 'protocol version');
    const next = await issue();
    writeFileSync(certificateFile, next.cert);
    await running.service.certificates.refresh();
    assert.is((await ask(running.url)).fingerprint, first);
    writeFileSync(keyFile, next.private);
    // By itself, without being asked.
    const second = new X509Certificate(next.cert).fingerprint256;
    await until('the new certificate is in use', async () => (await ask(running.url)).fingerprint === second);
  } finally {
    await running.stop();
  }
});

test('bad files stop the start with the setting’s name', async ({ directory }) => {
  const file = join(directory, 'x.pem');
  writeFileSync(file, 'not a certificate');
  for (const keyFile of [file, join(directory, 'missing.pem')]) {
    const error = await startHttp({ tls: { certificateFile: file, keyFile } }).catch(
      (reason: unknown) => reason,
    );
    assert.match(
      String(error),
      /http\.tls\.certificateFile \(.*x\.pem\) and http\.tls\.keyFile .* cannot be used: /,
    );
  }
});

test.run();
