// quick
// time limit: 180 s
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Schedule } from '../../bench/measure/schedule.ts';
import { Line } from '../client/line.ts';
import { type MeetingLinks, type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';
import { LoadPerson } from './load-person.ts';

/**
 * People come, go, mute and show themselves while workers die and lines break, in whatever order chance gives. When it is
 * quiet again everybody must have everything of everybody, and when all have left nothing may remain.
 */
const test = suite('chaos');

const seeds = process.env['PLENUM_TEST_SEED'] ? [Number(process.env['PLENUM_TEST_SEED'])] : [1, 2];
const steps = 25;

let plenum: Plenum;
let line: Line;
let links: MeetingLinks;
let schedule: Schedule;
let people: LoadPerson[] = [];

test.before.each(async () => {
  // A short grace time: whoever could not say goodbye is gone soon, and whoever was away too long joins anew.
  plenum = await startPlenum({
    media: { workers: 2, consumersPerWorker: 6 },
    signalling: { resumeGraceMs: 3000 },
  });
  line = await Line.to(plenum.loopbackUrl);
  links = await plenum.createMeeting();
  schedule = new Schedule();
});
test.after.each(async () => {
  await Promise.all(people.splice(0).map(({ meeting }) => meeting.leave()));
  schedule.stop();
  line.close();
  await plenum.close();
});
test.after(() => cleanup());

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function enter(name: string): Promise<void> {
  const token = links.invitationPath.split('#')[1] ?? '';
  const person = await LoadPerson.join({ url: line.url, token, name, schedule });
  people.push(person);
  // Not awaited: what is asked while everything breaks is carried out when it can be.
  person.talk().catch(() => undefined);
}

/** Everything that can happen, the frequent more often. */
function whatHappens(chance: () => number, told: string[]): (() => Promise<void>)[] {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance() * list.length)];
  let guests = 0;
  const toggle = async () => {
    const person = pick(people);
    const microphone = person?.meeting.publications.get('microphone');
    told.push(`${person?.name} ${microphone?.paused ? 'unmutes' : 'mutes'}`);
    (microphone?.paused ? microphone.unmute() : microphone?.mute())?.catch(() => undefined);
  };
  const showOrHide = async () => {
    const person = pick(people);
    const camera = person?.meeting.publications.get('camera');
    told.push(`${person?.name} ${camera ? 'hides' : 'shows'}`);
    (camera ? camera.close() : person?.show())?.catch(() => undefined);
  };
  const come = async () => {
    if (people.length >= 6) return;
    const name = `Guest ${++guests}`;
    told.push(`${name} comes`);
    // Somebody who comes in the moment when everything is broken may be refused, and would press the button again.
    await enter(name).catch((error: unknown) => told.push(`${name}: ${String(error)}`));
  };
  const go = async () => {
    if (people.length <= 3) return;
    const person = pick(people);
    people = people.filter((its) => its !== person);
    told.push(`${person?.name} goes`);
    void person?.meeting.leave();
  };
  const cut = async () => {
    told.push('lines cut');
    line.cut();
  };
  const kill = async () => {
    const worker = pick(plenum.server.workers.all);
    told.push(`worker ${worker?.index} dies`);
    if (worker) process.kill(worker.pid, 'SIGKILL');
  };
  return [toggle, toggle, showOrHide, showOrHide, come, come, go, cut, cut, kill];
}

/** @returns what is not as it should be, in words */
async function wrong(before: Map<LoadPerson, Record<string, number>>): Promise<string[]> {
  const found: string[] = [];
  for (const person of people) {
    const { meeting, name } = person;
    if (meeting.connection !== 'connected') found.push(`${name} is ${meeting.connection}`);
    const others = people.filter((other) => other !== person);
    const known = [...meeting.participants.values()].map(({ displayName }) => displayName);
    if (
      known.sort().join() !==
      others
        .map((other) => other.name)
        .sort()
        .join()
    )
      found.push(`${name} sees ${known.join() || 'nobody'}`);
    const now = await person.received();
    for (const other of others) {
      for (const [source, { paused }] of other.meeting.publications) {
        const key = `${other.name} ${source}`;
        const grown = (now[key] ?? 0) - (before.get(person)?.[key] ?? 0);
        if (paused ? grown > 0 : grown <= 0)
          found.push(`${name} gets ${grown} of ${key}${paused ? ' (muted)' : ''}`);
      }
    }
  }
  return found.length === 0
    ? found
    : [...found, ...people.map(({ name, troubles }) => `${name}: ${troubles.slice(-12).join(', ')}`)];
}

for (const seed of seeds) {
  test(`seed ${seed}`, async () => {
    const chance = random(seed);
    const told: string[] = [];
    for (const name of ['Ada', 'Bob', 'Eve']) await enter(name);
    const events = whatHappens(chance, told);
    for (let step = 0; step < steps; step += 1) {
      await events[Math.floor(chance() * events.length)]?.();
      await sleep(chance() * 400);
    }
    const calmAt = performance.now();
    await until(
      `everybody has everything after: ${told.join(', ')}`,
      async () => {
        const before = new Map<LoadPerson, Record<string, number>>();
        for (const person of people) before.set(person, await person.received());
        await sleep(1000);
        const problems = await wrong(before);
        if (problems.length > 0) throw new Error(problems.join('\n'));
        return true;
      },
      { timeoutMs: 40_000 },
    );
    console.log(
      `seed ${seed}: ${steps} steps, all is well ${Math.round(performance.now() - calmAt)} ms after the last`,
    );
    const { server } = plenum;
    assert.is(server.workers.all.length, 2);
    const held = async () => {
      const dumps = await Promise.all(server.workers.all.map((worker) => worker.webRtcServer.dump()));
      return dumps.reduce((sum, { webRtcTransportIds }) => sum + webRtcTransportIds.length, 0);
    };
    assert.is(await held(), server.rooms.stats().transports.length, 'no transport that Node has forgotten');
    await Promise.all(people.splice(0).map(({ meeting }) => meeting.leave()));
    await until('nothing is left', async () => server.rooms.stats().rooms === 0 && (await held()) === 0);
    const errors = plenum.log.filter(({ level }) => level === 'error');
    assert.equal(
      errors.filter(({ message }) => message !== 'media worker died; replacing it'),
      [],
    );
  });
}

test.run();
