/** One test file and how it wants to be run. */
export interface TestFile {
  /** Path from the project's root, with forward slashes. */
  name: string;
  timeLimitMs: number;
  /** Needs the machine for itself (browsers, load): such files run one after the other, after all others. */
  heavy: boolean;
  /** Runs in a network of its own, see `own-network.ts`. */
  ownNetwork: boolean;
}

export interface FileCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface FileResult extends FileCounts {
  name: string;
  durationMs: number;
  /** What went wrong with the file as a whole; each counts as one failure. */
  problems: string[];
  /** Everything the file printed, its failed assertions included. */
  output: string;
}

/** What the process of one test file tells the runner. */
export type FileMessage =
  | { type: 'started'; test: string }
  | { type: 'finished'; counts: FileCounts; problems: string[] }
  | { type: 'lingering'; resources: string[] };
