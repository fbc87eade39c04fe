import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { combineRuns } from '../../../bench/report/combine-runs.ts';
import { resultPage } from '../../../bench/report/result-page.ts';
import { resultTable } from '../../../bench/report/table.ts';
import { measured, sampleResult } from './sample-result.ts';

const test = suite('result page');

test('verdict, every row of the table, charts and environment are on it', () => {
  const result = sampleResult();
  const html = resultPage(result);
  assert.match(html, '<h2>The run is valid</h2>');
  const rows = [...resultTable(result).matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)];
  assert.ok(rows.length > 25);
  for (const [, label, value] of rows)
    assert.match(html, `<th scope="row">${label}</th><td>${value}</td>`, label);
  for (const panel of [
    'ready',
    'packets/s',
    'Mbit/s',
    'loss, %',
    'forwarding latency, ms',
    'CPU, % of a core',
  ])
    assert.match(html, `>${panel}</text>`);
  // What the timeline does not have gets no empty panel.
  assert.not.match(html, 'RSS, MB');
  assert.not.match(html, /NaN|undefined|Infinity|\[object/);
});

test('what the timeline has more is drawn', () => {
  const { timeline } = sampleResult();
  const more = { nodeEventLoopP99Ms: 12, nodeResidentOctets: 2e8, workerResidentOctets: 3e7 };
  const html = resultPage(sampleResult({ timeline: timeline.map((one) => ({ ...one, ...more })) }));
  assert.match(html, '>RSS, MB</text>');
  assert.match(html, '>event-loop delay, ms</text>');
});

test('what the server holds: per participant, afterwards, over time', () => {
  const footprint = {
    nodeHeapOctets: 4e7,
    nodeResidentOctets: 2e8,
    workerResidentOctets: 3e7,
    descriptors: 40,
    handles: 20,
    resources: {},
  };
  const slope = { perHour: 2e6, partPerHour: 0.05, grows: true };
  const result = sampleResult({
    memory: {
      heapPerParticipant: 300_000,
      nodeResidentPerParticipant: 1e6,
      workerResidentPerParticipant: 2e6,
      heapAfter: 1.032,
      workerResidentAfter: undefined,
      descriptorsAfter: 1,
      handlesAfter: 1,
    },
    slopes: {
      seconds: 600,
      looks: 20,
      nodeHeap: slope,
      nodeResident: slope,
      workerResident: { ...slope, grows: false },
      descriptors: { ...slope, grows: false },
      handles: { ...slope, grows: false },
    },
    footprints: [
      { ...footprint, second: 1, moment: 'empty', participants: 0 },
      { ...footprint, second: 9, moment: 'full', participants: 4 },
    ],
  });
  const table = resultTable(result);
  assert.match(table, /afterwards, of before +Node heap 103.2 %, descriptors 100.0 %/);
  assert.match(table, '2 of these five');
  assert.match(resultPage(result), '>after garbage collections, MB</text>');
});

test('text from a file is text, wherever it stands', () => {
  const hostile = '<script>alert("1")</script><img src=https://evil.example/x onerror=\'x\'>';
  const sample = sampleResult();
  const html = resultPage({
    ...sample,
    scenario: hostile,
    numbers: { [hostile]: 1 },
    environment: { ...sample.environment, cpu: hostile, commit: hostile, date: hostile },
    verdict: { state: 'invalid', reasons: [hostile], remarks: [hostile] },
    clients: { planned: 4, ready: 3, failed: [{ index: 0, reason: hostile }] },
    timeline: sample.timeline.map((entry) => ({ ...entry, step: hostile })),
  });
  assert.not.match(html, /<script|<img/i);
  assert.ok(html.split('&lt;script&gt;').length > 8);
});

test('it needs nothing from elsewhere, and its policy would not let it', () => {
  const html = resultPage(sampleResult());
  assert.match(html, `content="default-src 'none'; style-src 'unsafe-inline'"`);
  assert.not.match(
    html.replaceAll('xmlns="http://www.w3.org/2000/svg"', ''),
    /(?:https?:)?\/\/\w|url\(|@import|\bsrc=|<link|<script/,
  );
});

test('whatever is missing is left out', () => {
  const html = resultPage({ format: 1, scenario: 'meeting', numbers: {}, environment: {} });
  assert.match(html, 'The run has no verdict');
  assert.match(html, 'Nothing was measured');
  for (const name of ['camera', 'verdict', 'clients', 'join', 'measured', 'timeline'] as const)
    assert.not.match(resultPage({ ...sampleResult(), [name]: undefined }), /NaN|undefined|Infinity/, name);
  const { server: _, ...withoutServer } = measured(100, 1);
  const table = resultTable({ ...sampleResult(), measured: withoutServer });
  assert.not.match(table, 'worker CPU');
  assert.match(table, 'per participant and minute');
});

test('a repeated scenario: medians with ranges, and a chart of each run', () => {
  const runs = [30, 34, 31].map((cost) => sampleResult({ measured: measured(2400 + cost, cost) }));
  const result = combineRuns(runs, 3);
  assert.match(resultTable(result), /worker CPU per packet out +31.0 µs \(30.0–34.0\)/);
  const html = resultPage(result);
  assert.match(html, '31.0 µs (30.0–34.0)');
  assert.match(html, 'Run 3 of 3 over time');
});

test.run();
