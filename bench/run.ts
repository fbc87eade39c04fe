import process from 'node:process';
import { benchRun } from './bench-run.ts';
import { attempt, capacityText, findCapacity } from './capacity.ts';
import { describeEnvironment } from './environment.ts';
import { createMeeting, type MeetingAccess, signallingUrl, tokenOf } from './meeting-access.ts';
import { type BenchOptions, readOptions, UsageError } from './options.ts';
import { combineRuns } from './report/combine-runs.ts';
import { compareCommand } from './report/compare-command.ts';
import { Progress } from './report/progress.ts';
import { reportCommand } from './report/report-command.ts';
import type { BenchResult } from './report/result.ts';
import { resultTable } from './report/table.ts';
import { writeResult } from './report/write-result.ts';
import { comparableScenarios, scenarios } from './scenarios/all.ts';
import { attachServer, type ServerUnderTest, startServer } from './server-under-test.ts';
import { otherSystems } from './versus/systems.ts';
import { versus } from './versus/versus.ts';
import { readVersusOptions } from './versus/versus-options.ts';
import { situations } from './weak-link/situations.ts';
import { weakLink } from './weak-link/weak-link.ts';
import { readWeakLinkOptions } from './weak-link/weak-link-options.ts';
import { webClient } from './web-client/web-client.ts';
import { readWebClientOptions } from './web-client/web-client-options.ts';

/** `npm run bench -- <scenario>`: exit code 0 for a valid run, 1 for an invalid one, 2 for wrong usage, 3 when the harness was the limit. */
const exitCodes = { valid: 0, invalid: 1, 'harness-limited': 3 } as const;
const usageCode = 2;

async function access(options: BenchOptions, server: ServerUnderTest): Promise<MeetingAccess[]> {
  const count = meetingsOf(options);
  if (options.link === undefined) {
    const made: MeetingAccess[] = [];
    for (let nth = 0; nth < count; nth++) made.push(await createMeeting(server.origin));
    return made;
  }
  const participantToken = tokenOf(options.link);
  const viewerToken = options.viewerLink === undefined ? participantToken : tokenOf(options.viewerLink);
  return [{ url: signallingUrl(server.origin), participantToken, viewerToken }];
}

function meetingsOf({ scenario, numbers, link }: BenchOptions): number {
  const count = scenario.meetings?.(numbers) ?? 1;
  if (link !== undefined && count > 1)
    throw new UsageError(`--link names one meeting, ${scenario.name} needs ${count}`);
  return count;
}

async function bench(options: BenchOptions, progress: Progress, signal: AbortSignal): Promise<BenchResult> {
  const { scenario, numbers, camera, url } = options;
  const environment = describeEnvironment(url === undefined);
  // Before anything is started: contradicting numbers are a matter of usage.
  const planFor = (meetings: readonly MeetingAccess[]) =>
    scenario.plan({ meetings, numbers, camera, seed: Math.floor(Math.random() * 2 ** 31) });
  const nowhere: MeetingAccess = { url: '', participantToken: '', viewerToken: '' };
  planFor(Array.from({ length: meetingsOf(options) }, () => nowhere));
  progress.say(url === undefined ? 'Starting a server …' : `Loading ${url}`);
  const server =
    url === undefined
      ? await startServer({ workers: options.workers, relay: scenario.relayed ?? false })
      : attachServer(url, options.serverPid, options.metricsUrl);
  try {
    const plan = planFor(await access(options, server));
    return await benchRun({ options, plan, server, environment, progress, signal });
  } finally {
    await server.stop();
  }
}

async function repeated(
  options: BenchOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<BenchResult> {
  const runs: BenchResult[] = [];
  while (runs.length < options.repeat) {
    if (options.repeat > 1) progress.say(`Run ${runs.length + 1} of ${options.repeat}`);
    try {
      const run = await bench(options, progress, signal);
      // Half a run would spoil the medians of whole ones.
      if (!signal.aborted || runs.length === 0) runs.push(run);
      if (signal.aborted) break;
    } catch (error) {
      // What has been measured is kept, and says that it is not everything.
      if (runs.length === 0) throw error;
      return combineRuns(runs, options.repeat, error instanceof Error ? error.message : String(error));
    }
  }
  return combineRuns(runs, options.repeat, 'interrupted');
}

/** @returns the largest run that was carried, or else the smallest that was tried */
async function search(options: BenchOptions, progress: Progress, signal: AbortSignal): Promise<BenchResult> {
  const { scenario, numbers } = options;
  const { size } = scenario;
  const runs = new Map<number, BenchResult>();
  const from = numbers[size] ?? 1;
  const { least } = scenario.numbers[size] ?? { least: 1 };
  const capacity = await findCapacity(size, { from, least }, async (value) => {
    if (signal.aborted) throw new Error('interrupted');
    progress.say(`${value} ${size} …`);
    const run = await repeated({ ...options, numbers: { ...numbers, [size]: value } }, progress, signal);
    runs.set(value, run);
    const found = attempt(value, run);
    progress.say(found.reasons.length === 0 ? '  carried' : `  ${found.reasons.join('; ')}`);
    return found;
  });
  const shown = runs.get(capacity.carried) ?? runs.get(Math.min(...runs.keys()));
  if (!shown) throw new Error('nothing was tried');
  return { ...shown, capacity };
}

/** What works on results that exist. */
const commands: Readonly<Record<string, (parameters: readonly string[]) => Promise<string>>> = {
  report: reportCommand,
  compare: compareCommand,
};

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second time somebody does not want to wait for the servers to end cleanly.
      if (interrupted.signal.aborted) process.exit(130);
      interrupted.abort();
    });
  }
  let progress: Progress | undefined;
  try {
    const [name = '', ...parameters] = process.argv.slice(2);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command) {
      process.stdout.write(await command(parameters));
      return exitCodes.valid;
    }
    if (name === 'weak-link') {
      const chosen = readWeakLinkOptions(parameters, situations);
      progress = new Progress(process.stderr, chosen.quiet);
      return await weakLink(chosen, progress, interrupted.signal);
    }
    if (name === 'versus') {
      const chosen = readVersusOptions(parameters, otherSystems, comparableScenarios);
      progress = new Progress(process.stderr, chosen.bench.quiet);
      return await versus(chosen, progress, interrupted.signal);
    }
    if (name === 'web-client') {
      const chosen = readWebClientOptions(parameters);
      progress = new Progress(process.stderr, chosen.quiet);
      return await webClient(chosen, progress, interrupted.signal);
    }
    const options = readOptions(process.argv.slice(2), scenarios);
    // Only what the person named is loaded, and only then may its certificate be of any kind; the load processes inherit it.
    if (options.insecure || (options.scenario.relayed && options.url === undefined))
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    progress = new Progress(process.stderr, options.quiet);
    const run = options.findCapacity ? search : repeated;
    const result = await run(options, progress, interrupted.signal);
    progress.close();
    process.stdout.write(resultTable(result));
    if (result.capacity) process.stdout.write(capacityText(result.capacity));
    const { json, html } = await writeResult(result, options.json);
    process.stdout.write(`\nJSON: ${json}\nHTML: ${html}\n`);
    return exitCodes[result.verdict.state];
  } catch (error) {
    progress?.close();
    const usage = error instanceof UsageError || error instanceof RangeError;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return usage ? usageCode : exitCodes.invalid;
  }
}

process.exitCode = await main();
