import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chartSvg } from '../../../bench/report/chart.ts';

const test = suite('chart');

test('lines have holes where values are missing, what is too high is cut off, text is escaped', () => {
  const svg = chartSvg({
    title: 'a < b & "c"',
    seconds: 10,
    bands: [{ from: 0, to: 10, label: 'all' }],
    panels: [
      {
        label: 'kbit/s',
        top: 10,
        most: 20,
        series: [
          {
            label: 'rate',
            color: '#123456',
            style: 'line',
            points: [
              { at: 0, value: 0 },
              { at: 2, value: 40 },
              { at: 4, value: undefined },
              { at: 6, value: 20 },
            ],
          },
        ],
        marks: [{ from: 1, to: 2, color: '#abcdef', label: 'frozen' }],
      },
    ],
  });
  assert.match(svg, 'a &lt; b &amp; &quot;c&quot;');
  const path = /<path d="([^"]*)" fill="none" stroke="#123456"/.exec(svg)?.[1] ?? '';
  const [start, cut, after] = [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  assert.is(path.match(/M/g)?.length, 2);
  assert.is(cut, after);
  assert.ok((start ?? 0) > (cut ?? 0));
  assert.not.match(svg, 'NaN');
});

test.run();
