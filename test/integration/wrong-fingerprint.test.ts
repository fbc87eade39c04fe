// quick
import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Schedule } from '../../bench/measure/schedule.ts';
import type { DtlsParameters } from '../../src/protocol/media.ts';
import { readMetrics } from '../support/metrics-page.ts';
import { type MeetingLinks, type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';
import { LoadPerson } from './load-person.ts';

/**
 * The fingerprint that a client hands over through signalling ties its media connection to it. Somebody who has the ICE
 * credentials but another certificate gets no media in either direction.
 */
const test = suite('wrong fingerprint');

let plenum: Plenum;
let links: MeetingLinks;
let schedule: Schedule;
const people: LoadPerson[] = [];

test.before(async () => {
  plenum = await startPlenum();
});
test.before.each(async () => {
  links = await plenum.createMeeting();
  schedule = new Schedule();
});
test.after.each(async () => {
  await Promise.all(people.splice(0).map(({ meeting }) => meeting.leave()));
  schedule.stop();
  await until('the server is empty', () => plenum.server.rooms.stats().rooms === 0);
});
test.after(async () => {
  await plenum?.close();
  cleanup();
});

async function join(name: string, tell?: (truth: DtlsParameters) => DtlsParameters): Promise<LoadPerson> {
  const url = `${plenum.loopbackUrl.replace('http', 'ws')}/signal`;
  const token = links.invitationPath.split('#')[1] ?? '';
  const person = await LoadPerson.join({ url, token, name, schedule, ...(tell ? { tell } : {}) });
  people.push(person);
  return person;
}

/** One digit is another: still a well-formed fingerprint. */
function forged(truth: DtlsParameters): DtlsParameters {
  const fingerprints = truth.fingerprints.map(({ algorithm, value }) => ({
    algorithm,
    value: (value.startsWith('0') ? '1' : '0') + value.slice(1),
  }));
  return { ...truth, fingerprints };
}

async function failures(stage: 'ice' | 'dtls'): Promise<number | undefined> {
  const metrics = await readMetrics(plenum.metricsUrl);
  return metrics.get(`plenum_transport_failures_total{stage="${stage}"}`);
}

test('with another certificate than announced no packet comes through, in neither direction', async () => {
  const ada = await join('Ada');
  const mallory = await join('Mallory', forged);
  await ada.talk();
  // Its promise waits for a connection that never comes.
  mallory.talk().catch(() => undefined);
  await until('the server refuses both of her connections', async () => ((await failures('dtls')) ?? 0) >= 2);
  // The same sound reaches an honest client meanwhile.
  const bob = await join('Bob');
  await until('Bob hears Ada', () => bob.meter.counters.receivedPackets > 50);
  assert.ok(ada.meter.counters.sentPackets > 50);
  const { receivedPackets, probePackets } = mallory.meter.counters;
  assert.is(receivedPackets + probePackets, 0);
  assert.is(ada.meter.counters.receivedPackets, 0, 'nobody hears Mallory');
  const { transports } = plenum.server.rooms.stats();
  assert.ok(transports.filter(({ dtls }) => dtls === 'connected').length <= 4, 'Ada and Bob at most');
});

test('an honest client has no DTLS failure', async () => {
  const before = [await failures('ice'), await failures('dtls')];
  const [ada, bob] = [await join('Ada'), await join('Bob')];
  await Promise.all([ada.talk(), bob.talk()]);
  await until('they hear each other', () =>
    [ada, bob].every(({ meter }) => meter.counters.receivedPackets > 20),
  );
  assert.equal([await failures('ice'), await failures('dtls')], before);
});

test.run();
