import type { Environment } from './environment.ts';
import { Fleet, processesFor } from './fleet.ts';
import { memory, slopes } from './measure/memory.ts';
import { percentilesOf } from './measure/percentiles.ts';
import { Recorder } from './measure/recorder.ts';
import { ServerProbe } from './measure/server-probe.ts';
import type { BenchOptions } from './options.ts';
import type { Progress } from './report/progress.ts';
import type { BenchResult } from './report/result.ts';
import { ScenarioRun } from './scenario-run.ts';
import type { ScenarioPlan } from './scenarios/scenario.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { judge } from './verdict.ts';

export interface BenchRunParts {
  options: Pick<BenchOptions, 'scenario' | 'numbers' | 'camera' | 'processes'>;
  plan: ScenarioPlan;
  server: ServerUnderTest;
  environment: Environment;
  progress: Progress;
  /** Ends the run early; what has been measured so far is kept. */
  signal: AbortSignal;
}

/** One scenario against a server that is ready: load clients come, are measured, and go. The server stays. */
export async function benchRun(parts: BenchRunParts): Promise<BenchResult> {
  const { options, plan, server, environment, progress, signal } = parts;
  const { scenario, numbers, camera } = options;
  const fleet = await Fleet.start(options.processes ?? processesFor(plan.clients.length));
  try {
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
        // In each place that somebody has left there was somebody else.
        planned: Math.max(plan.clients.length, reports.length),
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
    await fleet.stop();
  }
}
