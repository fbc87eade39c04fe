// time limit: 120 s
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Schedule } from '../../bench/measure/schedule.ts';
import { type MeetingLinks, type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';
import { LoadPerson } from './load-person.ts';

/** More microphones than a room forwards: what is lost when somebody begins to speak. */
const test = suite('voices of a large room');

const frameMs = 20;
let plenum: Plenum;
let links: MeetingLinks;
let schedule: Schedule;
const people: LoadPerson[] = [];
const speaking = new Set<string>();

test.before(async () => {
  plenum = await startPlenum({ media: { adaptation: { voicesAbove: 3, voicePlaces: 3, voices: 2 } } });
  links = await plenum.createMeeting();
  schedule = new Schedule();
  for (const name of ['Ada', 'Bob', 'Cleo', 'Dora', 'Emmy']) {
    const person = await enter(name);
    await person.talk(() => speaking.has(name));
    // Who came first has the places: Dora and Emmy have none.
    await sleep(100);
  }
});
test.after(async () => {
  await Promise.all(people.splice(0).map(({ meeting }) => meeting.leave()));
  schedule.stop();
  await plenum.close();
  cleanup();
});

async function enter(name: string): Promise<LoadPerson> {
  const token = links.invitationPath.split('#')[1] ?? '';
  const url = `${plenum.loopbackUrl.replace('http', 'ws')}/signal`;
  const person = await LoadPerson.join({ url, token, name, schedule });
  people.push(person);
  return person;
}

async function sent(person: LoadPerson): Promise<number> {
  return (await person.meeting.stats()).publications[0]?.layers[0]?.packetsSent ?? 0;
}

/** Speaks for a while. @returns ms of it that did not reach the listener */
async function lostWhen(speaker: LoadPerson, listener: LoadPerson): Promise<number> {
  const heard = async () => (await listener.received())[`${speaker.name} microphone`] ?? 0;
  const [sentBefore, heardBefore] = [await sent(speaker), await heard()];
  speaking.add(speaker.name);
  await sleep(3000);
  speaking.delete(speaker.name);
  await sleep(300);
  return ((await sent(speaker)) - sentBefore - ((await heard()) - heardBefore)) * frameMs;
}

test('whoever is likely to speak loses nothing, somebody else the first moment', async () => {
  const [ada, , , , emmy] = people;
  const listener = await enter('Lena');
  assert.ok(ada && emmy);
  const receives = async () =>
    Object.keys(await listener.received())
      .sort()
      .join(', ');
  await until(
    'she receives who has a place',
    async () => (await receives()) === 'Ada microphone, Bob microphone, Cleo microphone',
  );
  await sleep(1000);
  const warm = await lostWhen(ada, listener);
  const cold = await lostWhen(emmy, listener);
  assert.match(await receives(), /Emmy/);
  assert.is((await receives()).split(', ').length, 3, 'somebody gave up the place');
  await sleep(3000);
  const again = await lostWhen(emmy, listener);
  console.log(
    `lost: ${warm} ms of a likely speaker, ${cold} ms of another, ${again} ms when that one speaks again`,
  );
  // A comfort noise packet more or less.
  assert.ok(warm <= 60 && again <= 60, `${warm} ms, ${again} ms`);
  assert.ok(cold > 0 && cold < 1500, `${cold} ms`);
});

test.run();
