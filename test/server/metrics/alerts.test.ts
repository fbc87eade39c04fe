import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { findProgram } from '../../support/chromium.ts';

const test = suite('alert rules');
const root = resolve(import.meta.dirname, '../../..');
const casesDirectory = resolve(import.meta.dirname, 'alerts');
const cases = readdirSync(casesDirectory).map((name) => resolve(casesDirectory, name));

interface Rule {
  alert: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const { groups } = parse(readFileSync(resolve(root, 'config/dashboards/alerts.yaml'), 'utf8')) as {
  groups: { rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** @throws with what it says when it is not content */
async function promtool(...args: string[]): Promise<void> {
  const program = findProgram('PLENUM_TEST_PROMTOOL', ['/usr/bin/promtool'], 'prometheus');
  await promisify(execFile)(program, args, { cwd: root });
}

test('Prometheus takes the rules, and the example configuration with them', async () => {
  await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'config/dashboards/alerts.yaml');
  await promtool('check', 'config', '--lint=all', '--lint-fatal', 'config/dashboards/prometheus.yaml');
});

test('each fires when it should and only then', async () => {
  await promtool('test', 'rules', ...cases);
  const tried = cases.map((path) => readFileSync(path, 'utf8')).join('');
  for (const { alert } of rules)
    assert.ok(tried.includes(`- labels: 'ALERTS{alertname="${alert}",alertstate="firing"`), alert);
});

test('each says how bad it is, where, and what to do', () => {
  assert.ok(rules.length > 15);
  for (const { alert, labels, annotations } of rules) {
    assert.ok(['critical', 'warning'].includes(labels['severity'] ?? ''), alert);
    assert.ok(annotations['summary'] && annotations['description'], alert);
    if (alert !== 'PlenumAbsent') assert.match(annotations['summary'], '{{ $labels.instance }}', alert);
    assert.ok(annotations['description'].length > 60, alert);
  }
});

test.run();
