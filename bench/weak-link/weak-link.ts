import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { launchChromium } from '../../test/support/chromium.ts';
import { describeEnvironment } from '../environment.ts';
import { recordingFile } from '../recording/recording-cache.ts';
import type { Progress } from '../report/progress.ts';
import { weakLinkTable } from '../report/weak-link-table.ts';
import { startServer } from '../server-under-test.ts';
import { judgeSituation, type SituationResult } from './judge-situation.ts';
import type { Situation } from './situation.ts';
import { SituationRun } from './situation-run.ts';
import type { WeakLinkOptions } from './weak-link-options.ts';

export interface WeakLinkResult {
  format: 1;
  scenario: 'weak-link';
  environment: ReturnType<typeof describeEnvironment>;
  participants: number;
  seed: number;
  situations: SituationResult[];
}

/** `npm run bench -- weak-link`: one situation after the other. @returns exit code, as for the other scenarios */
export async function weakLink(
  options: WeakLinkOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const recording = await recordingFile((text) => progress.say(text));
  const result: WeakLinkResult = {
    format: 1,
    scenario: 'weak-link',
    environment: describeEnvironment(true),
    participants: options.participants,
    seed: options.seed,
    situations: [],
  };
  const name = `${result.environment.date.replace(/[:.]/g, '-')}-weak-link`;
  const folder = resolve(import.meta.dirname, '../results');
  const file = resolve(options.json ?? join(folder, `${name}.json`));
  await mkdir(dirname(file), { recursive: true });
  for (const situation of options.situations) {
    if (signal.aborted) break;
    progress.say(`${situation.name}: ${situation.summary}`);
    result.situations.push(await runOne(situation, options, recording, progress, signal));
    // After each: an interrupted run keeps what it has.
    await writeFile(file, `${JSON.stringify(result, null, 1)}\n`);
  }
  progress.close();
  process.stdout.write(weakLinkTable(result));
  process.stdout.write(`\nJSON: ${file}\n`);
  const states = result.situations.map(({ state }) => state);
  if (states.length === 0 || states.includes('invalid') || signal.aborted) return 1;
  return states.includes('harness-limited') ? 3 : 0;
}

async function runOne(
  situation: Situation,
  { participants, seed }: WeakLinkOptions,
  recording: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<SituationResult> {
  let listener: (line: string) => void = () => undefined;
  // A server and a browser of its own for each: nothing is left of the one before.
  const server = await startServer({
    workers: 1,
    settings: { PLENUM_LOG_LEVEL: 'debug', PLENUM_LOG_FORMAT: 'json' },
    onLogLine: (line) => listener(line),
  });
  const browser = await launchChromium();
  try {
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
    return judgeSituation(situation, await run.run());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      name: situation.name,
      summary: situation.summary,
      state: 'invalid',
      reasons: [reason],
      goals: [],
      phases: {},
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}
