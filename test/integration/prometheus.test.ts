// quick
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { Schedule } from '../../bench/measure/schedule.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';
import { LoadPerson } from './load-person.ts';
import { PrometheusProcess } from './prometheus-process.ts';

/** What an operator sees: Debian's Prometheus, the dashboard's questions and the alert rules, at a server with a meeting. */
const test = suite('a real Prometheus');

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

const dashboards = resolve(import.meta.dirname, '../../config/dashboards');
/** Series of what does not happen in a quiet meeting between two: all others must have data. */
const onlyWhenItHappens = [
  'plenum_signalling_closed_total',
  'plenum_turn_refusals_total',
  // Browsers tell it, these people do not.
  'plenum_join_paths_total',
  'outcome!="ok"',
  'plenum_port_mapping_state{state="',
];

let plenum: Plenum;
let prometheus: PrometheusProcess;
let schedule: Schedule;
const people: LoadPerson[] = [];

test.before(async () => {
  plenum = await startPlenum();
  prometheus = await PrometheusProcess.start(`127.0.0.1:${plenum.server.metricsPort}`);
  schedule = new Schedule();
  const url = `${plenum.loopbackUrl.replace('http', 'ws')}/signal`;
  const token = (await plenum.createMeeting()).invitationPath.split('#')[1] ?? '';
  for (const name of ['Ada', 'Bob']) {
    const person = await LoadPerson.join({ url, token, name, schedule });
    people.push(person);
    await person.talk();
    await person.show();
  }
});
test.after(async () => {
  await Promise.all(people.map(({ meeting }) => meeting.leave()));
  schedule.stop();
  await plenum.close();
  await prometheus.close();
  cleanup();
});

const one = async (expression: string) => Number((await prometheus.query(expression))[0]?.value[1]);

test('scrapes the server and sees the meeting', async () => {
  await until('both are seen', async () => (await one('sum(plenum_participants)')) === 2);
  await until(
    'media flows',
    async () => (await one('rate(plenum_media_packets_total{direction="out"}[10s])')) > 20,
  );
  // What the alert on media that does not connect compares.
  const begun = 'plenum_signalling_requests_total{request="connectTransport",outcome="ok"}';
  await until('every transport that was begun is connected', async () => {
    const connected = await one('sum(plenum_transport_connections_total)');
    return connected === 4 && connected === (await one(begun));
  });
  assert.equal(
    (await prometheus.targets()).map(({ health, lastError }) => ({ health, lastError })),
    [{ health: 'up', lastError: '' }],
  );
});

test('every question of the dashboard has an answer', async () => {
  const { panels } = JSON.parse(await readFile(resolve(dashboards, 'plenum.json'), 'utf8')) as {
    panels: Panel[];
  };
  const asked = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  assert.ok(asked.length > 40);
  for (const { title, expr } of asked) {
    const expression = expr.replaceAll('$instance', '.+').replaceAll('$__rate_interval', '10s');
    assert.not.match(expression, '$', `${title}: a variable that is not known here`);
    const answer = await prometheus.query(expression);
    if (!onlyWhenItHappens.some((series) => expr.includes(series)))
      assert.ok(answer.length > 0, `${title}: no data for ${expression}`);
  }
});

test('the alert rules are loaded, look at series that exist, and are quiet', async () => {
  await until('all were evaluated', async () =>
    (await prometheus.rules()).every(({ health }) => health !== 'unknown'),
  );
  const rules = await prometheus.rules();
  assert.equal(
    rules.filter(({ health }) => health !== 'ok'),
    [],
  );
  const { groups } = parse(await readFile(resolve(dashboards, 'alerts.yaml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const written = groups.flatMap((group) => group.rules);
  assert.equal(
    rules.map(({ name }) => name),
    written.map(({ alert }) => alert),
  );
  // A label that is never there makes an alert that never fires.
  for (const { alert, expr } of written)
    for (const [selector] of expr.matchAll(/(?:plenum_\w+|up)(?:\{[^}]*\})/g))
      if (!onlyWhenItHappens.some((series) => selector.startsWith(series)))
        assert.ok((await prometheus.query(selector)).length > 0, `${alert}: there is no ${selector}`);
  assert.equal(
    (await prometheus.alerts()).filter(({ state }) => state === 'firing'),
    [],
  );
});

test('a worker that dies, and a server that is gone, are told', async () => {
  process.kill(plenum.server.workers.all[0]?.pid ?? Number.NaN, 'SIGKILL');
  const told = (name: string) =>
    until(name, async () => (await prometheus.alerts()).find(({ labels }) => labels['alertname'] === name));
  const died = await told('PlenumWorkerDied');
  const instance = `127.0.0.1:${plenum.server.metricsPort}`;
  assert.is(died.state, 'firing');
  assert.is(died.annotations['summary'], `A media worker of ${instance} died`);
  await plenum.close();
  const down = await told('PlenumDown');
  assert.is(down.state, 'pending', 'a minute of patience');
  assert.is(down.labels['instance'], instance);
  assert.is(down.annotations['summary'], `Plenum on ${instance} does not answer`);
});

test.run();
