import { setImmediate as soon } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReceiverStats, TransportStats } from '../../src/client/engine/engine.ts';
import { type Change, Changeover } from '../../src/client/media/changeover.ts';
import { DirectWatch } from '../../src/client/media/direct-watch.ts';
import type { ParticipantId, ProducerId } from '../../src/protocol/messages.ts';
import { HandClock } from './hand-clock.ts';

/** When a source changes from one path to the other, and when a direct path counts as dead. */
const test = suite('direct path: changing over');

/** Counters that grow by so much a second from a moment on. */
interface Flow {
  from?: number;
  until?: number;
  perSecond: number;
  width?: number;
}

interface Row {
  kind: 'audio' | 'video';
  paused?: boolean;
  old: Flow;
  fresh: Flow;
  /** ms after the start, give or take a look; undefined: it never does */
  changesAt: number | undefined;
}

const rows: [string, Row][] = [
  [
    'sound, as soon as it flows',
    { kind: 'audio', old: { perSecond: 50 }, fresh: { perSecond: 50, from: 500 }, changesAt: 560 },
  ],
  [
    'nobody speaks: few packets are enough',
    { kind: 'audio', old: { perSecond: 2.5 }, fresh: { perSecond: 2.5 }, changesAt: 1280 },
  ],
  [
    'pictures of the same size',
    {
      kind: 'video',
      old: { perSecond: 15, width: 640 },
      fresh: { perSecond: 15, from: 300, width: 640 },
      changesAt: 480,
    },
  ],
  [
    'smaller pictures wait for a while',
    {
      kind: 'video',
      old: { perSecond: 15, width: 640 },
      fresh: { perSecond: 15, width: 320 },
      changesAt: 3200,
    },
  ],
  [
    'muted: there is nothing to wait for',
    { kind: 'audio', paused: true, old: { perSecond: 0 }, fresh: { perSecond: 0 }, changesAt: 0 },
  ],
  [
    'nothing comes on either',
    { kind: 'video', old: { perSecond: 0 }, fresh: { perSecond: 0 }, changesAt: 1600 },
  ],
  [
    'the old path breaks meanwhile',
    { kind: 'video', old: { perSecond: 15, until: 1000 }, fresh: { perSecond: 0 }, changesAt: 2560 },
  ],
  [
    'never while only the old one flows',
    { kind: 'video', old: { perSecond: 15 }, fresh: { perSecond: 0 }, changesAt: undefined },
  ],
];

for (const [name, row] of rows) {
  test(name, async () => {
    const clock = new HandClock();
    const begun = clock.now();
    const stats =
      ({ from = 0, until = Number.POSITIVE_INFINITY, perSecond, width }: Flow) =>
      async () => {
        const seconds = Math.max(0, Math.min(clock.now() - begun, until) - from) / 1000;
        const count = Math.floor(seconds * perSecond);
        return {
          bytesReceived: 0,
          packetsReceived: count,
          packetsLost: 0,
          framesDecoded: count,
          ...(width ? { width } : {}),
        } satisfies ReceiverStats;
      };
    const change: Change = {
      producerId: 'p' as ProducerId,
      isVideo: row.kind === 'video',
      paused: row.paused ?? false,
      from: stats(row.old),
      to: stats(row.fresh),
    };
    let changedAt: number | undefined;
    let end = '';
    const changeover = new Changeover({
      clock,
      pending: () => (changedAt === undefined ? [change] : []),
      change: () => {
        changedAt = clock.now() - begun;
      },
      done: () => {
        end = 'done';
      },
      failed: () => {
        end = 'failed';
      },
    });
    for (let ms = 0; ms < 12_000 && end === ''; ms += 20) {
      await soon();
      clock.turn(20);
    }
    changeover.close();
    if (row.changesAt === undefined) assert.equal([changedAt, end], [undefined, 'failed']);
    else {
      assert.is(end, 'done');
      assert.ok(Math.abs((changedAt ?? 0) - row.changesAt) <= 160, `at ${changedAt} ms`);
    }
  });
}

const watches: [string, { perSecond: number; stopsAt: number; speaks: boolean }, number | undefined][] = [
  ['a stream that stops is missed soon', { perSecond: 50, stopsAt: 3000, speaks: true }, 3900],
  ['silence of Opus is none', { perSecond: 2.5, stopsAt: Number.POSITIVE_INFINITY, speaks: true }, undefined],
  ['a thin stream that stops is missed later', { perSecond: 2.5, stopsAt: 3000, speaks: true }, 4400],
  ['with the microphone off nothing is expected', { perSecond: 50, stopsAt: 3000, speaks: false }, undefined],
];
for (const [name, { perSecond, stopsAt, speaks }, expected] of watches) {
  test(name, async () => {
    const clock = new HandClock();
    const begun = clock.now();
    let silentAt: number | undefined;
    const heard: string[] = [];
    const watch = new DirectWatch({
      clock,
      connection: {
        stats: async () => {
          const seconds = Math.min(clock.now() - begun, stopsAt) / 1000;
          const packetsReceived = Math.floor(seconds * perSecond);
          const received = { packetsReceived, packetsLost: 0, freezes: 0, audio: [] };
          return { state: 'connected', bytesSent: 0, bytesReceived: 0, received } satisfies TransportStats;
        },
        levels: async () => ({ own: 0.0001, other: 0.1 }),
      },
      speaks: () => speaks,
      silent: () => {
        silentAt = clock.now() - begun;
      },
      heard: ({ speakers, dominant }) =>
        heard.push(
          `${speakers.map(({ participantId, volume }) => `${participantId} ${volume}`).join()} ${dominant}`,
        ),
      ids: { self: 'self' as ParticipantId, other: 'other' as ParticipantId },
    });
    for (let ms = 0; ms < 8000 && silentAt === undefined; ms += 50) {
      await soon();
      clock.turn(50);
    }
    watch.close();
    assert.equal(heard, ['other -20 other', ' other'], 'who is heard, once, and nobody at the end');
    if (expected === undefined) assert.is(silentAt, undefined);
    else assert.ok(Math.abs((silentAt ?? 0) - expected) <= 400, `at ${silentAt} ms`);
  });
}

test.run();
