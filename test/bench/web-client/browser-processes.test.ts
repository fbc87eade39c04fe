import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BrowserProcess, usedBetween } from '../../../bench/web-client/browser-processes.ts';

const test = suite('web-client: processes of the browser');

const renderer = (cpuMs: number, mainThreadMs: number, threads: Record<string, number>): BrowserProcess => ({
  pid: 7,
  type: 'renderer',
  cpuMs,
  mainThreadMs,
  threads,
});

test('what was used between two looks, by thread; threads may end, processes and threads may begin', () => {
  const before = [renderer(100, 40, { main: 40, Compositor: 30, Gone: 30 })];
  const after = [
    renderer(160, 50, { main: 50, Compositor: 55, New: 25 }),
    { ...renderer(9, 4, { main: 4 }), pid: 8 },
  ];
  const [first, second] = usedBetween(before, after);
  assert.equal(first, renderer(60, 10, { main: 10, Compositor: 25, New: 25 }));
  assert.equal(second, { ...renderer(9, 4, { main: 4 }), pid: 8 });
});

test.run();
