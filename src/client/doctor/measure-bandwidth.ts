import type { LineFacts, TellLine } from './line.ts';
import { measure, type TriedPath, type TryParts, toProblem } from './try-path.ts';

/** bit/s, each sent for a while: no more than is needed to say whether a meeting is good, and nothing for the queue of a line to remember. */
const steps = [600_000, 1_500_000, 3_000_000];
const stepMs = 1200;
/** More than this lost is more than the line carries. */
const fullShare = 0.08;
/** Below, video is hardly possible. */
const slowBitrate = 500_000;

/** How much goes through in each direction, roughly. */
export async function measureBandwidth(parts: TryParts, tried: TriedPath, tell: TellLine): Promise<void> {
  let up: LineFacts = {};
  let down: LineFacts = {};
  try {
    for (const bitrate of steps.filter((step) => step <= parts.info.maxBitrate)) {
      const measured = await measure(parts, tried, bitrate, stepMs);
      const { bitrateUp, bitrateDown, lossUp, lossDown, limited } = measured;
      up = better(up, bitrateUp, lossUp <= fullShare && !limited);
      // What does not go up cannot come down: then the way down has not been filled.
      down = better(down, bitrateDown, lossDown <= fullShare);
      if (limited || lossUp > fullShare || lossDown > fullShare) break;
    }
  } catch (error) {
    if (up.bitrate === undefined) {
      const { reason, detail } = toProblem(error);
      for (const id of ['bandwidth-up', 'bandwidth-down'] as const)
        tell({ id, state: 'untested', reason, facts: { detail } });
      return;
    }
  }
  for (const [id, facts] of [
    ['bandwidth-up', up],
    ['bandwidth-down', down],
  ] as const) {
    const slow = (facts.bitrate ?? 0) < slowBitrate && !facts.atLeast;
    tell({ id, state: slow ? 'failed' : 'passed', ...(slow ? { reason: 'slow' as const } : {}), facts });
  }
}

function better(known: LineFacts, bitrate: number, atLeast: boolean): LineFacts {
  return { bitrate: Math.max(known.bitrate ?? 0, bitrate), atLeast };
}
