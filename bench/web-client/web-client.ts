import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from '../browser/chromium.ts';
import { describeEnvironment } from '../environment.ts';
import { Fleet } from '../fleet.ts';
import { createMeeting } from '../meeting-access.ts';
import { recordingFile } from '../recording/recording-cache.ts';
import { voice, wav } from '../recording/voice.ts';
import type { Progress } from '../report/progress.ts';
import { startServer } from '../server-under-test.ts';
import { crowd } from './crowd.ts';
import { judgePage } from './judge-page.ts';
import { measurePage } from './measure-page.ts';
import { TilePage } from './tile-page.ts';
import type { WebClientOptions } from './web-client-options.ts';
import type { WebClientResult } from './web-client-result.ts';
import { webClientTable } from './web-client-table.ts';

const startLimitMs = 60_000;
const lookMs = 500;

/** `npm run bench -- web-client`: one page looks at many people. @returns exit code, as for the other scenarios */
export async function webClient(
  options: WebClientOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const environment = describeEnvironment(true);
  const name = `${environment.date.replace(/[:.]/g, '-')}-web-client.json`;
  const file = resolve(options.json ?? join(import.meta.dirname, '../results', name));
  await mkdir(dirname(file), { recursive: true });
  const { profile, ...found } = await run(options, progress, signal);
  const { tiles, camera } = options;
  const interrupted = signal.aborted;
  const judged = judgePage({ tiles, ...found, interrupted, profiled: options.profile });
  const result: WebClientResult = {
    format: 1,
    scenario: 'web-client',
    environment,
    tiles,
    camera,
    ...judged,
    ...found,
  };
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  if (profile !== undefined) await writeFile(file.replace(/(\.json)?$/, '.cpuprofile'), profile);
  progress.close();
  process.stdout.write(webClientTable(result));
  process.stdout.write(`\nJSON: ${file}\n`);
  return { valid: 0, invalid: 1, 'harness-limited': 3 }[result.state];
}

type Found = Pick<WebClientResult, 'arrival' | 'measured' | 'scripts' | 'complaints'> & { profile?: string };

async function run(options: WebClientOptions, progress: Progress, signal: AbortSignal): Promise<Found> {
  const { tiles, camera, seconds, settleSeconds } = options;
  const recording = await recordingFile((text) => progress.say(text));
  const directory = await mkdtemp(join(tmpdir(), 'plenum-web-client-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    progress.say('Starting a server …');
    const settings = { PLENUM_MEDIA_ADAPTATION_SHOWN_VIDEOS: String(tiles) };
    const server = await startServer({ workers: 1, settings });
    closers.unshift(() => server.stop());
    const microphone = join(directory, 'voice.wav');
    await writeFile(microphone, wav(voice(10)));
    const browser = await launchChromium(microphone);
    closers.unshift(() => browser.close());
    const fleet = await Fleet.start(1);
    closers.unshift(() => fleet.stop());
    const meeting = await createMeeting(server.origin);
    progress.say('Entering …');
    const page = await TilePage.join(browser, `${server.origin}${meeting.invitationPath}`, camera);
    await page.fitWindow(tiles + 1);
    const inspector = await browser.newBrowserCDPSession();
    const measure = (meanwhile: () => Promise<unknown>) => measurePage(page, inspector, fleet, meanwhile);
    const pass = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
    await pass(settleSeconds * 1000);
    const arrival = await measure(() => {
      fleet.join(crowd(meeting, tiles, recording), 10);
      return untilSeen(page, tiles, progress, signal);
    });
    await pass(settleSeconds * 1000);
    progress.say(`Measuring for ${seconds} s …`);
    if (options.profile) await page.session.send('Profiler.enable');
    if (options.profile) await page.session.send('Profiler.start');
    const measured = await measure(() => pass(seconds * 1000));
    const profile = options.profile
      ? { profile: JSON.stringify((await page.session.send('Profiler.stop')).profile) }
      : {};
    return { arrival, measured, scripts: page.scripts, complaints: page.complaints, ...profile };
  } finally {
    for (const close of closers) await close();
  }
}

/** @throws Error when nobody is seen in time */
async function untilSeen(
  page: TilePage,
  tiles: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  let seen = 0;
  while (performance.now() < deadline && !signal.aborted) {
    seen = await page.playing();
    progress.line(`${seen} of ${tiles} are seen`);
    if (seen >= tiles) return;
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
  if (seen === 0 && !signal.aborted) throw new Error('the page sees nobody');
}
