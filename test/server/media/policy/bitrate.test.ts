import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type DownlinkState, decide, firstState } from '../../../../src/server/media/policy/bitrate.ts';
import type { DownlinkSigns } from '../../../../src/server/media/policy/line.ts';

const test = suite('bitrate');

/** One receiver's signs over time: what each look found, and what it led to. */
class Line {
  state: DownlinkState;
  now = 10_000;
  signs: Omit<DownlinkSigns, 'now'> = {
    estimate: 2_000_000,
    sent: 600_000,
    loss: 0,
    askedAgain: undefined,
    report: undefined,
    videoFlows: true,
    audio: 60_000,
    allocated: 600_000,
    next: undefined,
    wanted: 600_000,
  };
  orders: Omit<ReturnType<typeof decide>, 'state'> = {
    limit: 0,
    floor: 0,
    ceiling: 0,
    hoped: undefined,
    flush: false,
    lookInMs: 0,
  };

  constructor(phase: DownlinkState['phase'] = { name: 'open', since: 0 }, limit = Number.POSITIVE_INFINITY) {
    this.state = { ...firstState(this.now, limit), phase };
  }

  look(change: Partial<DownlinkSigns> = {}, afterMs = 200): string {
    this.now += afterMs;
    Object.assign(this.signs, change);
    const { state, ...orders } = decide(this.state, { ...this.signs, now: this.now });
    this.state = state;
    this.orders = orders;
    return state.phase.name;
  }

  /** Looks every 200 ms. @returns the phases it went through */
  watch(ms: number, change: Partial<DownlinkSigns> = {}): string[] {
    const phases: string[] = [];
    for (let passed = 0; passed < ms; passed += 200) {
      const phase = this.look(change);
      if (phase !== phases.at(-1)) phases.push(phase);
    }
    return phases;
  }
}

test('all is well: nothing is limited, and looks are rare', () => {
  const line = new Line();
  assert.equal(line.watch(5000), ['open']);
  assert.is(line.orders.limit, Number.POSITIVE_INFINITY);
  assert.is(line.orders.lookInMs, 1000);
  assert.not(line.orders.flush);
});

test('a flood is cut at the first look, to what any line carries', () => {
  const line = new Line();
  assert.is(line.look({ loss: 0.25, sent: 1_600_000, allocated: 1_600_000 }), 'settle');
  assert.is(line.orders.limit, 240_000);
  assert.ok(line.orders.flush);
  // Only once, although the average still tells of it.
  assert.is(line.look({ loss: 0.3 }), 'settle');
  assert.not(line.orders.flush);
});

test('after a cut the worker is asked for more as soon as the loss is over and the estimate leans against its ceiling', () => {
  const line = new Line();
  line.look({ loss: 0.3 });
  line.signs = { ...line.signs, allocated: 190_000, sent: 190_000, next: 260_000, estimate: 190_000 };
  assert.equal(line.watch(1400, { loss: 0.02 }), ['settle', 'hold']);
  assert.equal(line.watch(1400, { estimate: line.orders.ceiling }), ['hold', 'trial']);
  assert.is(line.orders.floor, 260_000, 'the floor is what is tried');
});

test('a cut that did not help is followed by another', () => {
  const line = new Line();
  line.look({ loss: 0.3 });
  const first = line.orders.limit;
  assert.ok(
    line.watch(4000, { loss: 0.5, allocated: 190_000, sent: 190_000, next: 260_000 }).includes('settle'),
  );
  assert.ok(line.orders.limit < first * 0.7);
});

test('a trial begins with a small probe, and only when that went through a large one follows; then more is sent', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 0 }, 190_000);
  const tight = { allocated: 190_000, sent: 190_000, next: 260_000, wanted: 2_000_000 };
  assert.is(line.look({ ...tight, estimate: 190_000 }), 'trial');
  assert.is(line.orders.floor, 260_000, 'the floor is what is tried');
  assert.ok(line.orders.ceiling < 350_000, `${line.orders.ceiling}`);
  assert.is(line.look({ estimate: 330_000 }), 'trial');
  assert.is(line.orders.ceiling, 2_400_000);
  assert.is(line.orders.hoped, 2_600_000, 'publishers are asked in advance');
  assert.equal(line.watch(1400, { estimate: 2_300_000 }).at(-1), 'proof');
  assert.ok(line.orders.limit >= 2_000_000, `${line.orders.limit}`);
});

test('a trial in vain costs nothing, and the next comes later and later, but soon where there is a sign of room', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 0 }, 190_000);
  line.signs = { ...line.signs, allocated: 190_000, sent: 190_000, next: 260_000, estimate: 260_000 };
  const pauses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const since = line.now;
    // Held up by its floor: nothing leans against the ceiling.
    while (line.look({ estimate: 200_000 }) !== 'trial') assert.ok(line.now < since + 60_000);
    pauses.push(line.now - since);
    assert.equal(line.watch(2400, { estimate: 260_000 }), ['trial', 'hold']);
    assert.is(line.orders.limit, 190_000);
  }
  assert.ok((pauses[1] ?? 0) > 2000 && (pauses[2] ?? 0) > 1.4 * (pauses[1] ?? 0), pauses.join());
  assert.equal(line.watch(1200, { estimate: line.orders.ceiling }), ['hold', 'trial']);
});

test('a step that was wrong is undone at once, and the next one is tried later and later', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 0 }, 60_000);
  const quiet = {
    videoFlows: false,
    estimate: undefined,
    allocated: 60_000,
    sent: 50_000,
    next: 105_000,
    loss: 0,
  };
  const flowing = { videoFlows: true, allocated: 105_000, sent: 100_000, next: 150_000 };
  const pauses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const since = line.now;
    while (line.look(quiet) !== 'proof') assert.ok(line.now < since + 90_000);
    pauses.push(line.now - since);
    assert.is(line.watch(1400, { ...flowing, loss: 0.4 }).at(-1), 'hold');
    assert.is(line.orders.limit, 60_000);
  }
  assert.ok((pauses[1] ?? 0) > 5000 && (pauses[2] ?? 0) > 1.5 * (pauses[1] ?? 0), pauses.join());
});

test('one burst during a step undoes nothing', () => {
  const line = new Line({ name: 'proof', since: 10_000, from: 190_000 }, 260_000);
  line.look({ loss: 0.3, next: 400_000 }, 400);
  assert.is(line.look({ loss: 0.02 }), 'proof');
  assert.is(line.orders.limit, 260_000);
});

test('proven and enough for everything: open again', () => {
  const line = new Line({ name: 'proof', since: 10_000, from: 190_000 }, 800_000);
  assert.equal(line.watch(4000), ['proof', 'open']);
  assert.is(line.orders.limit, Number.POSITIVE_INFINITY);
});

test('loss that does not go away with the rate is the line’s own: back up, and by sending, not by probes', () => {
  const line = new Line();
  assert.equal(line.watch(800, { loss: 0.1 }), ['open', 'settle'], 'it lasts');
  assert.equal(line.watch(2600, { allocated: 190_000, sent: 190_000, next: 260_000, estimate: 100_000 }), [
    'settle',
    'proof',
  ]);
  assert.ok(line.orders.limit >= 550_000, `${line.orders.limit}`);
  line.signs = { ...line.signs, allocated: 600_000, sent: 600_000, next: undefined };
  assert.not(line.watch(20_000).includes('settle'));
  assert.ok(line.orders.floor >= 600_000, 'the estimate must not take layers away');
});

test('an estimate that falls below what is sent for a while is believed', () => {
  const line = new Line();
  assert.is(line.look({ estimate: 450_000 }), 'open');
  assert.equal(line.watch(1000), ['open', 'settle']);
  assert.is(line.orders.limit, 450_000 * 0.9);
  assert.not(line.orders.flush);
});

test('loss that only the receiver counts is not believed while the worker sees none', () => {
  const report = {
    intervalMs: 1000,
    received: 70_000,
    roundTripMs: 0,
    jitterBufferMs: 100,
    concealed: 0,
    loss: 0.25,
  };
  for (const [loss, phase] of [
    [0, 'open'],
    [0.05, 'settle'],
  ] as const) {
    const line = new Line();
    line.look({ loss, sent: 70_000, report: { ...report, at: line.now + 2000 } }, 2000);
    assert.is(line.watch(1000).at(-1), phase, `${loss}`);
  }
});

test('a report of the time before the cut is not believed, one of after it is', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 99_000 }, 200_000);
  line.signs = {
    ...line.signs,
    allocated: 190_000,
    sent: 190_000,
    next: 260_000,
    estimate: 190_000,
    loss: 0.03,
  };
  const report = {
    intervalMs: 1000,
    received: 100_000,
    loss: 0.4,
    roundTripMs: 50,
    jitterBufferMs: 60,
    concealed: 0,
  };
  line.watch(1000, { report: { ...report, at: 10_500 } });
  assert.is(line.orders.limit, 200_000);
  line.watch(1000, { report: { ...report, at: 11_500 } });
  assert.is(line.orders.limit, 50_000);
});

test('without video there are no probes: the next step is sent, later and later', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 0 }, 60_000);
  const quiet = {
    videoFlows: false,
    estimate: undefined,
    allocated: 60_000,
    sent: 50_000,
    next: 105_000,
    loss: 0,
  };
  assert.is(line.look(quiet), 'proof');
  line.watch(1400, { videoFlows: true, loss: 0.4 });
  assert.is(line.orders.limit, 60_000);
  assert.equal(line.watch(3000, quiet), ['hold']);
});

test('what the average still tells of before a cut is no news, new loss is', () => {
  const line = new Line();
  line.look({ loss: 0.25, sent: 1_600_000, allocated: 1_600_000 });
  const after = { allocated: 200_000, sent: 1_600_000, next: 300_000, estimate: 200_000 };
  assert.equal(line.watch(600, { ...after, loss: 0.55 }), ['settle'], 'feedback comes late');
  assert.equal(line.watch(600, { loss: 0.25 }), ['settle', 'hold'], 'and the average forgets slowly');
  const { limit } = line.orders;
  assert.ok(line.watch(6000, { loss: 0.5 }).includes('settle'));
  assert.ok(line.orders.limit < limit);
});

test('loss of before video had to pause is not believed when it flows again', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 0 }, 100_000);
  const quiet = { videoFlows: false, estimate: undefined, allocated: 60_000, sent: 50_000, next: 105_000 };
  line.look({ ...quiet, loss: 0.5 });
  const flowing = { videoFlows: true, allocated: 105_000, sent: 100_000, next: 150_000 };
  for (const loss of [0.5, 0.45, 0.4, 0.3, 0.2])
    assert.is(line.look({ ...flowing, loss }), 'proof', `${loss}`);
});

test('a full buffer of a slow computer is no queue, a longer round trip is', () => {
  const report = { intervalMs: 1000, received: 600_000, loss: 0, jitterBufferMs: 900, concealed: 0 };
  for (const [roundTripMs, phase] of [
    [30, 'open'],
    [400, 'settle'],
  ] as const) {
    const line = new Line();
    line.look({ report: { ...report, at: line.now + 2000, roundTripMs: 30 } }, 2000);
    line.look({ report: { ...report, at: line.now + 1000, roundTripMs } }, 1000);
    assert.is(line.watch(800).at(-1), phase, `${roundTripMs} ms`);
  }
});

test('an estimate that is low on a line that carries everything is not believed', () => {
  const line = new Line();
  const report = { intervalMs: 1000, loss: 0, roundTripMs: 30, jitterBufferMs: 60, concealed: 0 };
  const tell = (received: number) => ({ ...report, received, at: line.now + 200 });
  for (let second = 0; second < 6; second += 1) {
    assert.is(line.look({ estimate: 300_000, report: tell(590_000) }, 1000), 'open');
  }
  line.look({ report: tell(320_000) }, 1000);
  assert.is(line.watch(800).at(-1), 'settle', 'it is when less arrives');
  assert.ok(line.orders.limit < 320_000, `${line.orders.limit}`);
});

test('nothing is tried where speech alone fills the line, or nothing is heard of the receiver', () => {
  const quiet = {
    videoFlows: false,
    estimate: undefined,
    allocated: 60_000,
    sent: 50_000,
    next: 105_000,
    loss: 0,
  };
  const report = {
    intervalMs: 1000,
    received: 60_000,
    loss: 0,
    roundTripMs: 30,
    jitterBufferMs: 60,
    concealed: 0,
  };
  const rows: [Partial<typeof report> & { age?: number }, phase: string][] = [
    [{}, 'proof'],
    [{ roundTripMs: 400 }, 'hold'],
    [{ concealed: 0.2, loss: 0.02 }, 'hold'],
    [{ concealed: 0.2 }, 'proof'],
    [{ loss: 0.1 }, 'hold'],
    [{ age: 10_000 }, 'hold'],
    [{ age: 25_000 }, 'proof'],
  ];
  for (const [{ age = 100, ...change }, phase] of rows) {
    const line = new Line({ name: 'hold', nextTrialAt: 40_000 }, 60_000);
    line.look({ ...quiet, report: { ...report, at: line.now + 1000 } }, 1000);
    line.now = 50_000;
    assert.is(
      line.look({ report: { ...report, ...change, at: line.now - age } }),
      phase,
      JSON.stringify(change),
    );
  }
});

test('loss that is always there is the line’s own, also when it comes and goes around the threshold', () => {
  const line = new Line({ name: 'hold', nextTrialAt: 999_999 }, 240_000);
  line.signs = { ...line.signs, allocated: 230_000, sent: 230_000, next: 300_000, estimate: 230_000 };
  for (let second = 0; second < 8; second += 1) line.watch(1000, { loss: second % 2 === 0 ? 0.05 : 0.07 });
  assert.not(line.watch(3000, { loss: 0.12 }).includes('settle'));
  assert.ok(line.state.randomLoss > 0.1);
});

test.run();
