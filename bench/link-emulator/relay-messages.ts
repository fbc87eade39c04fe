import type { LinkCounters, LinkShape } from './link.ts';

/** Where one target is reached. */
export interface LinkEntry {
  udpPort: number;
  tcpPort: number;
}

export type ToRelay =
  | {
      type: 'open';
      targets: readonly { address: string; port: number }[];
      up?: Partial<LinkShape>;
      down?: Partial<LinkShape>;
      seed: number;
    }
  | { type: 'shape'; up?: Partial<LinkShape>; down?: Partial<LinkShape> }
  | { type: 'counters'; id: number };

export type FromRelay =
  | { type: 'opened'; entries: LinkEntry[] }
  | { type: 'counters'; id: number; up: LinkCounters; down: LinkCounters }
  | { type: 'failed'; message: string };
