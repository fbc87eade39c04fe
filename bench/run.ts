import process from 'node:process';
import { describeEnvironment } from './environment.ts';
import { Fleet, processesFor } from './fleet.ts';
import { memory, slopes } from './measure/memory.ts';
import { percentilesOf } from './measure/percentiles.ts';
import { Recorder } from './measure/recorder.ts';
import { ServerProbe } from './measure/server-probe.ts';
import { createMeeting, type MeetingAccess, signallingUrl, tokenOf } from './meeting-access.ts';
import { type BenchOptions, readOptions, UsageError } from './options.ts';
import { combineRuns } from './report/combine-runs.ts';
import { compareCommand } from './report/compare-command.ts';
import { Progress } from './report/progress.ts';
import { reportCommand } from './report/report-command.ts';
import type { BenchResult } from './report/result.ts';
import { resultTable } from './report/table.ts';
import { writeResult } from './report/write-result.ts';
import { ScenarioRun } from './scenario-run.ts';
import { scenarios } from './scenarios/all.ts';
import { attachServer, type ServerUnderTest, startServer } from './server-under-test.ts';
import { judge } from './verdict.ts';
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
  let fleet: Fleet | undefined;
  try {
    const plan = planFor(await access(options, server));
    fleet = await Fleet.start(options.processes ?? processesFor(plan.clients.length));
    const recorder = new Recorder(fleet, new ServerProbe(server));
    await recorder.begin();
    const show: Progress['show'] = (entry, reports) => progress.show(entry, reports);
    const run = new ScenarioRun({ plan, fleet, recorder, progress: show, signal });
    await run.run();
    const { reports, measured } = run;
    const times = (name: 'joinMs' | 'firstPacketMs' | 'firstFrameMs' | 'resumedMs') =>
      percentilesOf(reports.flatMap((report) => report[name] ?? []));
    return {
      format: 1,
      scenario: scenario.name,
      numbers,
      camera,
      environment,
      verdict: judge(reports, measured, signal.aborted),
      clients: {
        planned: plan.clients.length,
        ready: reports.filter(({ state }) => state === 'ready' || state === 'left').length,
        failed: reports.flatMap(({ index, state, reason }) =>
          state === 'failed' ? [{ index, reason: reason ?? 'unknown' }] : [],
        ),
      },
      join: {
        room: times('joinMs'),
        firstPacket: times('firstPacketMs'),
        firstFrame: times('firstFrameMs'),
        resumed: times('resumedMs'),
        eventLoopP99Ms: run.joinLoopP99Ms,
      },
      memory: memory(recorder.footprints),
      slopes: slopes(recorder.footprints),
      measured,
      footprints: recorder.footprints,
      timeline: recorder.timeline,
    };
  } finally {
    await fleet?.stop();
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
    const result = await repeated(options, progress, interrupted.signal);
    progress.close();
    process.stdout.write(resultTable(result));
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
