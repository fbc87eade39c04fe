import type { ClientReport } from './client-plan.ts';
import type { Measured, Verdict } from './report/result.ts';

/** Beyond these the harness did not do what it says it did. */
const latenessLimitMs = 25;
const loopDelayLimitMs = 60;
const loopBusyLimitPercent = 90;
const unreadLimitMs = 50;
/** Beyond this share nothing on the machine runs when it wants to. */
const machineBusyPercent = 90;
const otherCoresLimit = 0.3;

/** Whether the numbers speak of the server, of the harness, or of nothing. */
export function judge(
  reports: readonly ClientReport[],
  measured: Measured | undefined,
  interrupted = false,
): Verdict {
  const failed = reports.filter(({ state }) => state === 'failed');
  const invalid: string[] = interrupted ? ['it was interrupted'] : [];
  if (failed.length > 0)
    invalid.push(`${failed.length} of ${reports.length} clients failed: ${summarise(failed)}`);
  if (!measured) invalid.push('nothing was measured');
  else if (measured.traffic.outPacketsPerSecond === 0) invalid.push('no packet was forwarded');
  const limited = measured ? harnessLimits(measured) : [];
  const state = invalid.length > 0 ? 'invalid' : limited.length > 0 ? 'harness-limited' : 'valid';
  return { state, reasons: [...invalid, ...limited], remarks: measured ? remarks(measured) : [] };
}

function harnessLimits({ harness, traffic, sockets }: Measured): string[] {
  const reasons: string[] = [];
  if (sockets.harnessDropped > 0) {
    reasons.push(
      `${sockets.harnessDropped} datagrams were lost because load clients did not read them in time`,
    );
  }
  // Kernel memory is about twice the packets.
  const unreadMs =
    (sockets.harnessWaitingOctets / 2 / Math.max(1, traffic.outMbitPerSecond * 125_000)) * 1000;
  if (unreadMs > unreadLimitMs) {
    reasons.push(`up to ${unreadMs.toFixed(0)} ms of packets waited to be read by the load clients`);
  }
  if (harness.latenessP99Ms > latenessLimitMs) {
    reasons.push(
      `packets left up to ${harness.latenessP99Ms.toFixed(0)} ms late (p99): the load clients could not keep up`,
    );
  }
  if (harness.loopDelayP99Ms > loopDelayLimitMs) {
    reasons.push(
      `a load process was blocked for ${harness.loopDelayP99Ms.toFixed(0)} ms (p99 of its worst second)`,
    );
  }
  if (harness.busiestLoopPercent > loopBusyLimitPercent) {
    reasons.push(
      `a load process was busy ${harness.busiestLoopPercent.toFixed(0)} % of a second: more --processes are needed`,
    );
  }
  if (harness.skippedFrames > 0) {
    reasons.push(
      `${harness.skippedFrames} frames were not sent (${traffic.videoFramesPerSecond.toFixed(0)} received a second)`,
    );
  }
  return reasons;
}

function remarks({ machine, loss, sockets }: Measured): string[] {
  const found: string[] = [];
  if (machine.busyPercent > machineBusyPercent) {
    found.push(
      `the machine was ${machine.busyPercent.toFixed(0)} % busy: server and load clients took each other's time, latencies are too high`,
    );
  }
  if (machine.otherCores > otherCoresLimit) {
    found.push(
      `other programs used ${machine.otherCores.toFixed(1)} cores meanwhile: repeat when the machine is quiet`,
    );
  }
  if (sockets.serverDropped > 0) {
    found.push(`${sockets.serverDropped} datagrams were lost at the server's full receive buffers`);
  }
  if (loss.percent > 0.5) found.push(`${loss.percent.toFixed(2)} % of the packets were lost`);
  return found;
}

/** The reasons with how often each occurred, most frequent first. */
function summarise(failed: readonly ClientReport[]): string {
  const counts = new Map<string, number>();
  for (const { reason = 'unknown' } of failed) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 5).map(([reason, count]) => `${count} × ${reason}`);
  return shown.join('; ') + (sorted.length > 5 ? `; and ${sorted.length - 5} other reasons` : '');
}
