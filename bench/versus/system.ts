import type { MeetingAccess } from '../meeting-access.ts';
import type { ServerUnderTest } from '../server-under-test.ts';

/** Media servers that the same load can be sent through. */
export type SystemName = 'plenum' | 'bare-mediasoup' | 'janus';

/** How one of them is started; what its load clients say to it is in `make-client.ts`. */
export interface System {
  name: SystemName;
  /** What it is and which version, for those who read the numbers. */
  describe(): string;
  /** @returns what to do before it can be started here, as a whole text; undefined: nothing */
  missing(): string | undefined;
  /** @throws Error with the end of its log when it does not become ready */
  start(options: SystemOptions): Promise<RunningSystem>;
}

export interface SystemOptions {
  /** Media workers, where the system has such a thing. */
  workers: number;
}

/** A room in it, ready for load clients. */
export interface RunningSystem {
  /** Stopping it ends the system. */
  server: ServerUnderTest;
  access: MeetingAccess;
}
