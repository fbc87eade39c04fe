import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { launchChromium } from '../browser/chromium.ts';
import { describeEnvironment } from '../environment.ts';
import { recordingFile } from '../recording/recording-cache.ts';
import { voice, wav } from '../recording/voice.ts';
import type { Progress } from '../report/progress.ts';
import { situationChart } from '../report/situation-chart.ts';
import type { WeakLinkResult } from '../report/weak-link-result.ts';
import { weakLinkTable } from '../report/weak-link-table.ts';
import { startServer } from '../server-under-test.ts';
import { judgeSituation, type SituationResult } from './judge-situation.ts';
import type { Situation } from './situation.ts';
import { type SituationRecord, SituationRun } from './situation-run.ts';
import type { WeakLinkOptions } from './weak-link-options.ts';

/** `npm run bench -- weak-link`: one situation after the other. @returns exit code, as for the other scenarios */
export async function weakLink(
  options: WeakLinkOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const recording = await recordingFile((text) => progress.say(text));
  const { participants, seed } = options;
  const environment = describeEnvironment(true);
  const result: WeakLinkResult = {
    format: 1,
    scenario: 'weak-link',
    environment,
    participants,
    seed,
    situations: [],
  };
  const name = `${environment.date.replace(/[:.]/g, '-')}-weak-link`;
  const file = resolve(options.json ?? join(import.meta.dirname, '../results', `${name}.json`));
  // Charts and everything that was seen: one of each a situation.
  const folder = file.replace(/(\.json)?$/, '-situations');
  await mkdir(folder, { recursive: true });
  await mkdir(dirname(file), { recursive: true });
  for (const situation of options.situations) {
    if (signal.aborted) break;
    progress.say(`${situation.name}: ${situation.summary}`);
    const { judged, record } = await runOne(situation, options, recording, progress, signal);
    result.situations.push(judged);
    // After each: an interrupted run keeps what it has.
    await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
    if (!record) continue;
    await writeFile(join(folder, `${situation.name}.json`), JSON.stringify(record));
    await writeFile(join(folder, `${situation.name}.svg`), situationChart(judged, record));
  }
  progress.close();
  process.stdout.write(weakLinkTable(result));
  process.stdout.write(`\nJSON: ${file}\nCharts: ${folder}\n`);
  const states = result.situations.map(({ state }) => state);
  if (states.length === 0 || states.includes('invalid') || signal.aborted) return 1;
  return states.includes('harness-limited') ? 3 : 0;
}

/** With a server and a browser of its own: nothing is left of the situation before. */
async function runOne(
  situation: Situation,
  { participants, seed }: WeakLinkOptions,
  recording: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ judged: SituationResult; record?: SituationRecord }> {
  let listener: (line: string) => void = () => undefined;
  const directory = await mkdtemp(join(tmpdir(), 'plenum-weak-link-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const server = await startServer({
      workers: 1,
      settings: { PLENUM_LOG_LEVEL: 'debug', PLENUM_LOG_FORMAT: 'json' },
      onLogLine: (line) => listener(line),
    });
    closers.unshift(() => server.stop());
    const microphone = join(directory, 'voice.wav');
    await writeFile(microphone, wav(voice(10)));
    const browser = await launchChromium(situation.cast === 'page-speaks' ? microphone : undefined);
    closers.unshift(() => browser.close());
    const run = new SituationRun({
      situation,
      participants,
      server,
      listen: (next) => {
        listener = next;
      },
      browser,
      recording,
      seed,
      progress: (step, text) => progress.line(text, step),
      signal,
    });
    const record = await run.run();
    return { judged: judgeSituation(situation, record), record };
  } catch (error) {
    const { name, summary } = situation;
    const reason = error instanceof Error ? error.message : String(error);
    return { judged: { name, summary, state: 'invalid', reasons: [reason], goals: [], phases: {} } };
  } finally {
    for (const close of closers) await close();
  }
}
