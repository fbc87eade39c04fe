import type { LoadedScript } from '../browser/loaded-scripts.ts';
import type { Environment } from '../environment.ts';
import type { GoalOutcome } from '../weak-link/judge-situation.ts';
import type { BrowserProcess } from './browser-processes.ts';

/** What happened meanwhile, all of the page's main thread unless said otherwise. */
export interface PageMeasures {
  seconds: number;
  /** pictures of others on the page at the end */
  pictures: number;
  /** CSS pixels of their tiles, and lines of what is decoded; medians */
  tileHeight: number;
  lines: number;
  /** all tiles together */
  picturesPerSecond: number;
  droppedPerSecond: number;
  /** CPU, % of a core */
  mainThread: number;
  /** of the wall's time, %; more than CPU where it had to wait for a core */
  tasks: number;
  script: number;
  style: number;
  layout: number;
  /** of answering the bench */
  devtools: number;
  stylesPerSecond: number;
  layoutsPerSecond: number;
  longTasks: number;
  longestTaskMs: number;
  /** after collecting garbage */
  heapOctets: number;
  nodes: number;
  /** CPU meanwhile, the busiest first */
  processes: BrowserProcess[];
  /** part of all cores that was busy, 0 to 1 */
  machineBusy: number;
  /** p99 of how late the load clients' packets left */
  latenessMs: number;
}

/** What is printed and written as JSON. */
export interface WebClientResult {
  format: 1;
  scenario: 'web-client';
  environment: Environment;
  tiles: number;
  camera: boolean;
  state: 'valid' | 'harness-limited' | 'invalid';
  reasons: string[];
  goals: GoalOutcome[];
  /** from an empty room until everybody is seen; people come ten a second */
  arrival: PageMeasures;
  /** everybody is there, and nobody does anything but speak */
  measured: PageMeasures;
  /** until the page was in the meeting */
  scripts: readonly LoadedScript[];
  complaints: string[];
}
