import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { cleanup } from 'node-datachannel';
import type { FromLoadProcess, LoadSample, ToLoadProcess } from './load-messages.ts';
import { LatencyFloor } from './measure/latency-floor.ts';
import { machineNow } from './measure/machine-clock.ts';
import { MediaMeter } from './measure/media-meter.ts';
import { Schedule } from './measure/schedule.ts';
import { type Recording, readRecording } from './recording/recording.ts';
import { makeClient, type RunningClient } from './versus/make-client.ts';

/** A process of load clients: started by the fleet, told what to do over the parent's channel, ends with it. */
const loopResolutionMs = 5;
const meter = new MediaMeter();
const schedule = new Schedule();
const clients = new Map<number, RunningClient>();
const recordings = new Map<string, Promise<Recording>>();
const floor = new LatencyFloor(schedule);
const loopDelay = monitorEventLoopDelay({ resolution: loopResolutionMs });
loopDelay.enable();
let lastUtilization = performance.eventLoopUtilization();

function tell(message: FromLoadProcess): void {
  // The parent may be gone already; then this process is ending too.
  if (process.connected) process.send?.(message, () => undefined);
}

function sample(): LoadSample {
  const utilization = performance.eventLoopUtilization();
  const busy = performance.eventLoopUtilization(utilization, lastUtilization).utilization;
  lastUtilization = utilization;
  const { user, system } = process.cpuUsage();
  const taken: LoadSample = {
    at: machineNow(),
    counters: { ...meter.counters },
    latency: meter.takeLatency(),
    floor: floor.histogram.take(),
    lateness: schedule.lateness.take(),
    // The histogram counts from one look to the next: its own interval is no delay.
    loopDelayP99Ms: Math.max(0, loopDelay.percentile(99) / 1e6 - loopResolutionMs),
    loopBusy: busy,
    cpuMs: (user + system) / 1000,
    residentOctets: process.memoryUsage.rss(),
  };
  loopDelay.reset();
  return taken;
}

function recording(file: string): Promise<Recording> {
  const known = recordings.get(file) ?? readRecording(file);
  recordings.set(file, known);
  return known;
}

function join(message: Extract<ToLoadProcess, { type: 'join' }>): void {
  for (const { plan, at } of message.clients) {
    const client = makeClient(plan, {
      meter,
      schedule,
      recording,
      report: (report) => tell({ type: 'client', report }),
    });
    clients.set(plan.index, client);
    setTimeout(() => void client.join(), Math.max(0, at - machineNow()));
  }
}

async function leave(indices: readonly number[]): Promise<void> {
  await Promise.all(
    indices.map((index) => {
      const client = clients.get(index);
      clients.delete(index);
      return client?.leave();
    }),
  );
  tell({ type: 'left' });
}

function end(): void {
  schedule.stop();
  floor.close();
  cleanup();
  process.exit(0);
}

process.on('message', (message: ToLoadProcess) => {
  switch (message.type) {
    case 'join':
      join(message);
      break;
    case 'leave':
      void leave(message.indices);
      break;
    case 'cut':
      for (const index of message.indices) clients.get(index)?.cut?.(message.until);
      break;
    case 'sample':
      tell({ type: 'sample', sample: sample() });
      break;
    case 'stop':
      end();
      break;
  }
});
process.on('disconnect', end);
// Ctrl-C reaches the whole process group; the parent decides when to stop.
process.on('SIGINT', () => undefined);
tell({ type: 'started' });
