import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { englishTexts } from '../../../src/client/doctor/english-texts.ts';
import { type Line, type LineId, lineIds } from '../../../src/client/doctor/line.ts';
import { narrow, plansFor, relayKind } from '../../../src/client/doctor/path-plan.ts';
import { explain } from '../../../src/client/doctor/texts.ts';
import { verdictOf } from '../../../src/client/doctor/verdict.ts';
import { routeReportOf } from '../../../src/client/media/route-report.ts';
import { parseTurnUrl } from '../../../src/doctor/paths/relay-path.ts';
import type { IceCandidate } from '../../../src/protocol/media.ts';
import type { TransportInfo } from '../../../src/protocol/messages.ts';
import { checkGerman } from '../../../src/web/languages/check-german.ts';

/** What the doctor decides without a network. */
const test = suite('doctor decisions');

const states = { p: 'passed', f: 'failed', u: 'untested' } as const;
function linesOf(short: Partial<Record<LineId, keyof typeof states>>): Line[] {
  return Object.entries(short).map(([id, state]) => ({ id: id as LineId, state: states[state], facts: {} }));
}

const verdicts: [string, Parameters<typeof linesOf>[0], string, boolean | undefined][] = [
  ['all is well', { signalling: 'p', udp: 'p', tcp: 'p', 'turn-udp': 'p' }, 'good', true],
  ['no UDP', { signalling: 'p', udp: 'f', tcp: 'p', 'turn-tls': 'p' }, 'tcp', true],
  ['a relay over UDP beats TCP', { signalling: 'p', udp: 'f', tcp: 'p', 'turn-udp': 'p' }, 'relay', true],
  [
    'only HTTPS',
    { signalling: 'p', udp: 'f', tcp: 'f', 'turn-tcp': 'f', 'turn-tls': 'p' },
    'relay-tcp',
    true,
  ],
  ['nothing gets through', { signalling: 'p', udp: 'f', tcp: 'f', 'turn-udp': 'u' }, 'no-media', false],
  ['no WebSocket', { address: 'p', signalling: 'f', udp: 'u' }, 'no-signalling', false],
  ['an unknown name', { address: 'f', certificate: 'u', signalling: 'f' }, 'no-signalling', false],
  ['checks are switched off', { certificate: 'f', signalling: 'u', udp: 'u' }, 'unknown', undefined],
  ['the server has no media at all', { signalling: 'p', udp: 'u', tcp: 'u' }, 'unknown', undefined],
];
for (const [name, lines, code, possible] of verdicts) {
  test(`verdict: ${name}`, () => {
    const verdict = verdictOf(linesOf(lines));
    assert.equal([verdict.code, verdict.possible], [code, possible]);
  });
}

const candidate = (protocol: 'udp' | 'tcp', address: string): IceCandidate => ({
  foundation: `${protocol}${address}`,
  priority: 1,
  address,
  protocol,
  port: 44_400,
  type: 'host',
});
const info: TransportInfo = {
  transportId: 't' as TransportInfo['transportId'],
  iceParameters: { usernameFragment: 'u', password: 'p', iceLite: true },
  iceCandidates: [
    candidate('udp', '192.0.2.1'),
    candidate('tcp', '192.0.2.1'),
    candidate('udp', '2001:db8::1'),
  ],
  dtlsParameters: { role: 'auto', fingerprints: [] },
  iceServers: [
    { urls: ['stun:stun.example.org'] },
    {
      urls: ['turn:turn.example.org?transport=tcp', 'turns:turn.example.org:443'],
      username: 'n',
      credential: 'c',
    },
  ],
};

test('what there is to try', () => {
  const plans = plansFor(info).map(({ kind, family }) => `${kind} ${family ?? ''}`.trim());
  assert.equal(plans, ['udp 4', 'udp 6', 'tcp 4', 'turn-tcp', 'turn-tls']);
});

test('a way gets its own candidates, and a relay only its own URL', () => {
  const tcp = narrow(info, { kind: 'tcp', family: 4 });
  assert.equal(
    tcp?.transport.iceCandidates.map(({ protocol }) => protocol),
    ['tcp'],
  );
  assert.is(tcp?.relay, undefined);
  const tls = narrow(info, { kind: 'turn-tls', family: undefined });
  assert.equal(tls?.relay, { url: 'turns:turn.example.org:443', username: 'n', credential: 'c' });
  assert.ok(tls?.transport.iceCandidates.every(({ protocol }) => protocol === 'udp'));
  assert.is(narrow(info, { kind: 'turn-udp', family: undefined }), undefined);
  assert.is(narrow(info, { kind: 'tcp', family: 6 }), undefined);
});

test('URLs of relays', () => {
  assert.equal(['turn:a', 'turn:a?transport=tcp', 'turns:a', 'stun:a'].map(relayKind), [
    'turn-udp',
    'turn-tcp',
    'turn-tls',
    undefined,
  ]);
  const parsed = (url: string) => {
    const { host, port, transport } = parseTurnUrl(url);
    return [host, port, transport];
  };
  assert.equal(parsed('turn:192.0.2.1'), ['192.0.2.1', 3478, 'udp']);
  assert.equal(parsed('turn:[2001:db8::1]:99?transport=tcp'), ['2001:db8::1', 99, 'tcp']);
  assert.equal(parsed('turns:turn.example.org?transport=tcp'), ['turn.example.org', 5349, 'tls']);
  assert.throws(() => parseTurnUrl('http://turn.example.org'));
});

test('a route is told without addresses, and only where it is known', () => {
  const route = { protocol: 'udp' as const, relayed: false, local: '192.0.2.7:1', remote: '192.0.2.1:2' };
  assert.is(routeReportOf(route), undefined);
  assert.equal(routeReportOf({ ...route, localType: 'prflx' }), { candidateType: 'prflx', protocol: 'udp' });
  assert.equal(routeReportOf({ ...route, localType: 'relay', relayProtocol: 'tls' }), {
    candidateType: 'relay',
    protocol: 'tls',
  });
});

test('every line and reason has words in both languages', () => {
  for (const texts of [englishTexts, checkGerman.doctor]) {
    for (const id of lineIds) {
      assert.ok(texts.lines[id], id);
      const { name, advice } = explain({ id, state: 'failed', reason: 'no-answer', facts: {} }, texts);
      assert.ok(name && advice, id);
    }
  }
  assert.equal(Object.keys(englishTexts.reasons).sort(), Object.keys(checkGerman.doctor.reasons).sort());
  assert.equal(
    Object.keys(englishTexts.reasonAdvice).sort(),
    Object.keys(checkGerman.doctor.reasonAdvice).sort(),
  );
  const { result } = explain(
    { id: 'udp', state: 'passed', reason: 'lossy', facts: { roundTripMs: 31.4, lossUp: 0.12, lossDown: 0 } },
    englishTexts,
  );
  assert.is(result, 'packets are lost, round trip 31 ms, loss 12 % up, 0 % down');
});

test.run();
