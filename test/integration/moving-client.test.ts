// time limit: 240 s
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { writeTone } from '../support/fake-media.ts';
import { Hearing } from '../support/hearing.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { NetworkLab } from '../support/network-lab.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { serverAddress, TwoWaysLab } from '../support/two-ways-lab.ts';
import { until } from '../support/until.ts';

/** Somebody changes the network in mid-call, and nobody has to click. Needs root. */
const test = suite('moving client');
if (!NetworkLab.possible) console.log('not tested: needs root and iproute2');
const check = NetworkLab.possible ? test : test.skip;

let lab: TwoWaysLab;
let directory: TempDir;
let plenum: PlenumProcess;
let browsers: Browser[] = [];
let ada: MeetingPage;
let bob: MeetingPage;

test.before(async () => {
  if (!NetworkLab.possible) return;
  lab = await TwoWaysLab.build();
  directory = await tempDir();
  plenum = await startPlenumProcess(
    {
      PLENUM_HTTP_LISTEN_ADDRESS: serverAddress,
      PLENUM_HTTP_PORT: '8443',
      PLENUM_MEDIA_LISTEN_ADDRESSES: serverAddress,
    },
    lab.server,
  );
  const microphone = await writeTone(directory.path, 440);
  browsers = await Promise.all([lab.mover, lab.other].map((host) => launchChromium({ host, microphone })));
  [ada, bob] = (await Promise.all([
    MeetingPage.open(browsers[0] as Browser, 'Ada'),
    MeetingPage.open(browsers[1] as Browser, 'Bob'),
  ])) as [MeetingPage, MeetingPage];
  const { invitation } = await bob.startMeeting(plenum.url, 'Council');
  await ada.followLink(invitation);
  await MeetingPage.untilAllFlow([ada, bob]);
});
test.after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await plenum?.remove();
  await lab?.close();
  await directory?.remove();
});

/** Prints how long after the move each is heard again, and the longest silence. */
async function heal(what: string, move: () => Promise<void>): Promise<void> {
  const hearings = [new Hearing(ada, 'Bob'), new Hearing(bob, 'Ada')];
  await move();
  const movedAt = performance.now();
  await until(
    'both hear each other',
    () => hearings.every((hearing) => hearing.isBackSince(movedAt + 2000)),
    {
      timeoutMs: 30_000,
      everyMs: 100,
    },
  );
  const [atAda, atBob] = await Promise.all(hearings.map((hearing) => hearing.longestGap()));
  for (const [who, gap] of Object.entries({ 'Ada hears Bob': atAda, 'Bob hears Ada': atBob })) {
    const back = gap?.endedAt
      ? `${Math.round(gap.endedAt - movedAt)} ms after the new network`
      : 'all the time';
    console.log(`${what}: ${who} again ${back}, silent for ${Math.round(gap?.ms ?? 0)} ms`);
  }
  await MeetingPage.untilAllFlow([ada, bob]);
  assert.is((await ada.connections()).made, 2, 'the same connections as before');
  assert.is(await ada.reconnecting(), 0);
  assert.equal([...ada.complaints, ...bob.complaints], []);
}

check('from one network to another', () =>
  heal('one after the other', async () => {
    await lab.leave('wifi');
    await lab.enter('mobile');
  }),
);

check('three seconds without any', () =>
  heal('3 s without', async () => {
    await lab.leave('mobile');
    await sleep(3000);
    await lab.enter('wifi');
  }),
);

check('the other one is there before the first goes: the browser tells nothing', () =>
  heal('both for a moment', async () => {
    await lab.enter('mobile');
    await sleep(2500);
    await lab.leave('wifi');
  }),
);

test.run();
