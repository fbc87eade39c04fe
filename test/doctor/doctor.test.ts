import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { readJson, runDoctor } from './run-doctor.ts';

/** What the doctor says about addresses and certificates, and how it ends. */
const test = suite('doctor');
let plenum: Plenum;

test.before(async () => {
  // No more than it takes to be let in: what is looked at here comes before media.
  plenum = await startPlenum({ media: { check: { enabled: false } } });
});
test.after(async () => {
  await plenum?.close();
});

test('a server on this machine that does not run', async () => {
  const run = await runDoctor([], undefined, { PLENUM_HTTP_PORT: '1' });
  assert.is(run.code, 1);
  assert.match(run.output, /✗ HTTPS and certificate .*failed .*refused/);
  assert.match(run.output, /does not seem to run on this machine. Start it with: npm start/);
  assert.match(run.output, /Meetings do not work from here/);
});

test('a name that nobody knows', async () => {
  const { code, ...run } = await runDoctor(['--url', 'https://meet.invalid', '--json']);
  const { verdict, line } = readJson({ code, ...run });
  assert.is(code, 1);
  assert.equal([line('address').state, line('address').reason], ['failed', 'name-unknown']);
  assert.is(verdict.possible, false);
});

test('a self-signed certificate is told, and the rest is looked at all the same', async () => {
  const { code, ...run } = await runDoctor(['--url', plenum.url, '--json']);
  const { verdict, line } = readJson({ code, ...run });
  assert.equal(
    [line('certificate').state, line('certificate').reason],
    ['failed', 'certificate-self-signed'],
  );
  assert.is(line('certificate').facts.detail, plenum.server.http.certificates.current.fingerprint);
  assert.equal([line('signalling').state, line('signalling').reason], ['untested', 'switched-off']);
  assert.equal([code, verdict.possible], [2, undefined]);
});

test('its fingerprint makes it trusted; another one does not', async () => {
  const { fingerprint } = plenum.server.http.certificates.current;
  const [right, wrong] = await Promise.all(
    [fingerprint, fingerprint.replace(/^../, (first) => (first === '00' ? '11' : '00'))].map((value) =>
      runDoctor(['--url', plenum.url, '--json', '--fingerprint', value]),
    ),
  );
  assert.ok(right && wrong);
  assert.is(readJson(right).line('certificate').state, 'passed');
  assert.is(readJson(wrong).line('certificate').reason, 'certificate-untrusted');
});

test('options that are none', async () => {
  for (const args of [['--url', 'ftp://x'], ['--fingerprint', 'ab'], ['--what']]) {
    const { code, errors } = await runDoctor(args);
    assert.is(code, 2);
    assert.match(errors, /npm run doctor/);
  }
});

test.run();
