// time limit: 150 s
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { localAddress } from '../support/local-address.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { createMeeting } from '../support/plenum.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** The whole server goes away and comes back: people are told, and are in the same meeting again without doing anything. */
const test = suite('server restart');

let browser: Browser;
let data: TempDir;
let environment: Record<string, string>;
let plenum: PlenumProcess;
let people: MeetingPage[] = [];

test.before(async () => {
  browser = await launchChromium();
  data = await tempDir();
  // The same ports every time, as in real life.
  const [https, loopback, media] = await Promise.all([freePort(), freePort(), freePort()]);
  environment = {
    PLENUM_DATA_DIR: data.path,
    PLENUM_HTTP_PORT: String(https),
    PLENUM_HTTP_LOOPBACK_PORT: String(loopback),
    PLENUM_MEDIA_FIRST_PORT: String(media),
  };
  plenum = await startPlenumProcess(environment);
  const links = await createMeeting(plenum.loopbackUrl, 'Council');
  people = await Promise.all(['Ada', 'Bob'].map((name) => MeetingPage.open(browser, name)));
  await Promise.all(people.map((person) => person.followLink(plenum.url + links.invitationPath)));
  await MeetingPage.untilAllFlow(people);
});
test.after(async () => {
  await browser?.close();
  await plenum?.remove();
  await data?.remove();
});

/** One that is free on UDP too is likely: the system hands them out from the same large range. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, localAddress());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const told = () =>
  until('everybody is told', async () => {
    const banners = await Promise.all(people.map((person) => person.reconnecting()));
    return banners.every((count) => count > 0);
  });

async function startAgain(): Promise<void> {
  const startedAt = performance.now();
  plenum = await startPlenumProcess(environment);
  const upAt = performance.now();
  await until('nobody waits any more', async () => {
    const banners = await Promise.all(people.map((person) => person.reconnecting()));
    return banners.every((count) => count === 0);
  });
  console.log(
    `up after ${Math.round(upAt - startedAt)} ms, nobody waits ${Math.round(performance.now() - upAt)} ms later`,
  );
}

async function allIsWell(): Promise<void> {
  await MeetingPage.untilAllFlow(people);
  for (const person of people) {
    assert.is((await person.connections()).open, 2);
    assert.is(await person.page.getByRole('listitem').count(), 2, 'one tile each, nobody twice');
    assert.equal(person.complaints, []);
  }
}

test('SIGTERM: everybody is told, the exit code is 0, the ports are free', async () => {
  const [code] = await Promise.all([plenum.stop('SIGTERM'), told()]);
  assert.is(code, 0, plenum.output());
  const address = localAddress();
  const media = Number(environment['PLENUM_MEDIA_FIRST_PORT']);
  const udp = createSocket('udp4').bind(media, address);
  await once(udp, 'listening');
  udp.close();
  for (const port of [media, Number(environment['PLENUM_HTTP_PORT'])]) {
    const server = createServer().listen(port, address);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
  assert.not.match(plenum.output(), /"level":"?(error|50)/);
});

test('started again, the meeting goes on', async () => {
  await startAgain();
  await allIsWell();
});

test('the same after a crash, and whoever was muted still is', async () => {
  const [ada, bob] = people as [MeetingPage, MeetingPage];
  await ada.press('Mute');
  await bob.media.untilOnlyStopped({ Ada: 'energy' });
  assert.is(await plenum.stop('SIGKILL'), 'SIGKILL');
  await told();
  await startAgain();
  await bob.media.untilOnlyStopped({ Ada: 'energy' });
  await ada.press('Unmute');
  await allIsWell();
});

test('nobody is in it twice', async () => {
  const [ada, bob] = people as [MeetingPage, MeetingPage];
  await bob.leave();
  await ada.page.getByRole('heading', { name: 'You are the only one here' }).waitFor();
  await ada.leave();
});

test.run();
