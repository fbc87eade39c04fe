import type { LinkCounters } from '../link-emulator/link.ts';
import type { PageSample } from './page-probe.ts';

/** What passed on the line between two looks. */
export interface LineSample {
  at: number;
  /** ms since the look before */
  overMs: number;
  up: LinkCounters;
  down: LinkCounters;
}

/** What the server's log says about the way to the page. */
export interface DownlinkEntry {
  at: number;
  phase: string;
  /** bit/s */
  limit: number | undefined;
  estimate: number | undefined;
  /** everything the server wrote about this look, for whoever asks why */
  record: Readonly<Record<string, unknown>>;
}

export interface Window {
  from: number;
  to: number;
}

export interface Recorded {
  /** of the page that looks at the speaker */
  page: readonly PageSample[];
  /** of the page behind the line; often the same */
  behind: readonly PageSample[];
  line: readonly LineSample[];
}

/** What one phase was like for the person behind the line. */
export interface PhaseMeasures {
  seconds: number;
  /** part of the speaker's sound that was made up, 0 to 1, after the settling time */
  concealed: number | undefined;
  /** the same without what was made up as silence: for a microphone that is silent now and then */
  concealedAudibly: number | undefined;
  /** part of the sound that was stretched because the buffer ran low, 0 to 1 */
  slowedDown: number | undefined;
  /** ms that sound waits in the buffer on average */
  soundBufferMs: number | undefined;
  /** ms without a new picture of the speaker although nothing said why */
  frozenMs: number;
  /** the same as the browser counts it */
  browserFrozenMs: number;
  /** ms in which the page said that the picture is held back */
  pausedMs: number;
  /** part of the time in which a mark or a text of the page spoke of it, 0 to 1 */
  explained: number;
  /** part of the seconds with at least 5 pictures, or paused, 0 to 1 */
  movingOrPaused: number;
  framesPerSecond: number;
  /** lines of the speaker's picture: the last, and how often it changed */
  height: number;
  changes: number;
  /** s until no freeze and no change of the size came for a while; undefined: never */
  settledAfter: number | undefined;
  /** from settledWithin to the end of the phase */
  afterwards: { framesPerSecond: number; changesPerMinute: number; lineUsed: number | undefined };
  /** s until the speaker's picture had full size for good; undefined: never */
  fullAfter: number | undefined;
  /** s until the speaker could be seen and heard; undefined: never */
  flowsAfter: number | undefined;
  /** bit/s through the line */
  downRate: number;
  upRate: number;
  /** packets dropped at the full queue, and those lost, as a share of all */
  downDropped: number;
  downLost: number;
  longestQueueMs: number;
  /** 19 of 20 looks of a quarter of a second saw no longer one */
  usualLongestQueueMs: number;
  /** what the page behind the line sends, bit/s by encoding, lowest first */
  sent: { rid: string; rate: number }[];
  /** all of it divided by the smallest encoding's */
  sentOfSmallest: number | undefined;
  /** part of the time in which some tile of another was marked as held back, 0 to 1 */
  othersHeldBack: number;
  notices: string[];
}

/** What the numbers are measured against. */
export interface Measuring {
  /** name on the tile */
  speaker: string;
  /** bit/s of the line downwards; 0: unlimited */
  rate: number;
  /** lines of the largest layer */
  fullHeight: number;
}
