import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineSample } from '../../src/client/media/reception-report.ts';
import { Silence } from '../../src/client/media/silence.ts';

const test = suite('silence of a line');

/** Bytes that came in each second by transport; undefined: not connected. */
const cases: [
  what: string,
  receive: (number | undefined)[],
  send: (number | undefined)[],
  beginsAt: number[],
][] = [
  ['both end at once', [9, 9, 9, 0, 0, 0], [2, 2, 2, 0, 0, 0], [3]],
  ['everybody else is muted', [9, 9, 9, 0, 0, 0], [2, 2, 2, 2, 2, 2], []],
  ['only receiving', [9, 9, 9, 0, 0, 0], [], [3]],
  ['only sending', [], [2, 2, 2, 0, 0], [3]],
  ['nothing ever came', [0, 0, 0, 0], [0, 0, 0, 0], []],
  ['it had hardly begun', [9, 0, 0, 0], [9, 0, 0, 0], []],
  ['it comes and goes', [9, 0, 9, 0, 9, 0], [0, 9, 0, 9, 0, 9], []],
  ['noticed by the browser first', [9, 9, 9, undefined, undefined], [2, 2, 2, undefined, undefined], []],
  ['again, after it has flowed again', [9, 9, 9, 0, 9, 9, 0], [2, 2, 2, 0, 2, 2, 0], [3, 6]],
];

for (const [what, receive, send, beginsAt] of cases) {
  test(what, () => {
    const silence = new Silence();
    const total = (bytes: (number | undefined)[], at: number) => {
      const sum = bytes.slice(0, at + 1).reduce<number>((all, more) => all + (more ?? 0), 0);
      const stats = { state: 'connected' as const, bytesSent: 0, bytesReceived: sum };
      return bytes[at] === undefined ? undefined : stats;
    };
    const sample = (at: number): LineSample => {
      const [r, s] = at < 0 ? [total([0], 0), total([0], 0)] : [total(receive, at), total(send, at)];
      return { at: at * 1000, ...(r && { receive: r }), ...(s && { send: s }) };
    };
    const begins = Array.from({ length: Math.max(receive.length, send.length) }, (_, at) => at).filter((at) =>
      silence.begins(sample(at - 1), sample(at)),
    );
    assert.equal(begins, beginsAt);
  });
}

test.run();
