import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgePage } from '../../../bench/web-client/judge-page.ts';
import type { PageMeasures } from '../../../bench/web-client/web-client-result.ts';

const test = suite('web-client: judging the page');

const good: PageMeasures = {
  seconds: 20,
  pictures: 25,
  tileHeight: 180,
  lines: 180,
  picturesPerSecond: 620,
  droppedPerSecond: 5,
  mainThread: 2,
  tasks: 5,
  script: 0.2,
  style: 0.2,
  layout: 0,
  devtools: 0,
  stylesPerSecond: 4,
  layoutsPerSecond: 0.1,
  longTasks: 0,
  longestTaskMs: 0,
  heapOctets: 6_000_000,
  nodes: 7000,
  processes: [],
  machineBusy: 0.7,
  latenessMs: 5,
};
const scripts = [
  { name: 'a.js', octets: 300_000, gzipped: 90_000 },
  { name: 'b.js', octets: 100_000, gzipped: 50_000 },
];
const run = { tiles: 25, measured: good, scripts, complaints: [], interrupted: false, profiled: false };
const met = (part: Partial<typeof run>) => judgePage({ ...run, ...part }).goals.map((goal) => goal.met);

test('goals: main thread, layouts, scripts', () => {
  assert.equal(met({}), [true, true, true]);
  assert.equal(met({ measured: { ...good, mainThread: 30.2 } }), [false, true, true]);
  assert.equal(met({ measured: { ...good, layoutsPerSecond: 60 } }), [true, false, true]);
  assert.equal(met({ scripts: [...scripts, ...scripts] }), [true, true, false]);
  // A profiler is part of what would be judged.
  assert.equal(met({ profiled: true }), [true]);
});

test('a missed goal is no failed run; a full machine and a page without pictures are', () => {
  const state = (part: Partial<typeof run>) => judgePage({ ...run, ...part }).state;
  assert.is(state({ measured: { ...good, mainThread: 90 } }), 'valid');
  assert.is(state({ measured: { ...good, machineBusy: 0.99 } }), 'harness-limited');
  assert.is(state({ measured: { ...good, picturesPerSecond: 300 } }), 'harness-limited');
  assert.is(state({ measured: { ...good, latenessMs: 80 } }), 'harness-limited');
  assert.is(state({ measured: { ...good, pictures: 24 } }), 'invalid');
  assert.is(state({ interrupted: true }), 'invalid');
  assert.is(judgePage({ ...run, complaints: ['no such thing'] }).state, 'invalid');
});

test.run();
