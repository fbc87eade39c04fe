import type { LinkCounters, LinkShape } from './link.ts';

export type ToRelay =
  | {
      type: 'open';
      target: { address: string; port: number };
      up?: Partial<LinkShape>;
      down?: Partial<LinkShape>;
      seed: number;
    }
  | { type: 'shape'; up?: Partial<LinkShape>; down?: Partial<LinkShape> }
  | { type: 'counters'; id: number };

export type FromRelay =
  | { type: 'opened'; udpPort: number; tcpPort: number }
  | { type: 'counters'; id: number; up: LinkCounters; down: LinkCounters }
  | { type: 'failed'; message: string };
