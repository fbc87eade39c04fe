// quick
import process from 'node:process';
import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Schedule } from '../../bench/measure/schedule.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';
import { LoadPerson } from './load-person.ts';

/**
 * A worker that dies leaves requests without an answer. Stopped, it takes them and does nothing; killed then, it never
 * will: the same every time, where a mere kill would have to hit the right moment.
 */
const test = suite('unanswered by a worker');

let plenum: Plenum;
let schedule: Schedule;
let ada: LoadPerson;
let bob: LoadPerson;
let stopped: number | undefined;

test.before.each(async () => {
  // One person's microphone is over the budget already: Bob is on the other worker.
  plenum = await startPlenum({ media: { workers: 2, consumersPerWorker: 1 } });
  schedule = new Schedule();
  const url = `${plenum.loopbackUrl.replace('http', 'ws')}/signal`;
  const token = (await plenum.createMeeting()).invitationPath.split('#')[1] ?? '';
  ada = await LoadPerson.join({ url, token, name: 'Ada', schedule });
  await ada.talk();
  bob = await LoadPerson.join({ url, token, name: 'Bob', schedule });
  await until('Bob hears Ada', async () => ((await bob.received())['Ada microphone'] ?? 0) > 10);
  stopped = undefined;
  assert.is(plenum.server.rooms.stats().pipes, 1);
});
test.after.each(async () => {
  // A test that failed half-way: a process that does nothing would not end either.
  if (stopped !== undefined) process.kill(stopped, 'SIGKILL');
  await Promise.all([ada, bob].map((person) => person?.meeting.leave()));
  schedule.stop();
  await plenum.close();
});
test.after(() => cleanup());

/** Bob's worker, the second. @returns kills it and waits for its replacement */
function stopWorkerOfBob(): () => Promise<void> {
  const pid = plenum.server.workers.all.find(({ index }) => index === 1)?.pid ?? Number.NaN;
  process.kill(pid, 'SIGSTOP');
  stopped = pid;
  return async () => {
    process.kill(pid, 'SIGKILL');
    stopped = undefined;
    await until('the worker is replaced', () =>
      plenum.server.workers.all.some((worker) => worker.index === 1 && worker.pid !== pid),
    );
  };
}

const bobGets = async (what: string) => {
  const before = (await bob.received())[what] ?? 0;
  await until(`Bob gets Ada's ${what}`, async () => ((await bob.received())[what] ?? 0) > before + 5);
};

test('the pause of a piped microphone: the server lives', async () => {
  const kill = stopWorkerOfBob();
  const microphone = ada.meeting.publications.get('microphone');
  await microphone?.mute();
  await kill();
  await microphone?.unmute();
  await until(
    'Bob has a fresh connection',
    async () => (await bob.received())['Ada microphone'] !== undefined,
  );
  await bobGets('Ada microphone');
});

test('a subscription: it is made again, not given up', async () => {
  const kill = stopWorkerOfBob();
  await ada.show();
  await until('Bob knows of the camera', () =>
    [...bob.meeting.participants.values()].some(({ producers }) => producers.size === 2),
  );
  // His client has asked for it by then, or asks in a moment; both have to end well.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kill();
  await bobGets('Ada microphone');
  await bobGets('Ada camera');
  assert.equal(
    bob.troubles.filter((text) => text.startsWith('media-unavailable') || text.startsWith('cannot-consume')),
    [],
  );
});

test.run();
