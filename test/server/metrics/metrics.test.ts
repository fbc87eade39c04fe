import { readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { generate } from 'selfsigned';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readMetrics } from '../../support/metrics-page.ts';
import { startPlenum } from '../../support/plenum.ts';
import { RawClient } from '../../support/raw-client.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const test = suite('metrics');

test('tells what goes on, without naming rooms or people', async () => {
  const plenum = await startPlenum();
  try {
    const meeting = await plenum.createMeeting('Geheimnis');
    const client = await RawClient.open(`${plenum.loopbackUrl.replace('http', 'ws')}/signal`);
    const { participantId } = await client.get('join', {
      token: meeting.moderatorPath.split('#')[1] ?? '',
      displayName: 'Ärztin',
    });
    await client.get('createTransport', { direction: 'send' });
    await client.ask('closeProducer', { producerId: 'none' as never });
    const values = await readMetrics(plenum.metricsUrl);
    const expected: Record<string, number> = {
      'plenum_rooms{workers="one"}': 1,
      'plenum_participants{role="moderator"}': 1,
      'plenum_participants{role="viewer"}': 0,
      'plenum_joins_total{role="moderator"}': 1,
      'plenum_media_workers{state="alive"}': 1,
      plenum_media_worker_deaths_total: 0,
      'plenum_transports{ice="new",dtls="new",protocol="none"}': 1,
      'plenum_producers{kind="audio"}': 0,
      'plenum_consumers{kind="video"}': 0,
      plenum_signalling_connections: 1,
      'plenum_signalling_requests_total{request="join",outcome="ok"}': 1,
      'plenum_signalling_requests_total{request="closeProducer",outcome="not-found"}': 1,
      plenum_join_duration_seconds_count: 1,
      'plenum_signalling_requests_total{request="join",outcome="internal"}': 0,
      'plenum_media_bytes_total{direction="in"}': 0,
      'plenum_media_packets_lost_total{direction="out"}': 0,
      'plenum_transport_failures_total{stage="dtls"}': 0,
      'plenum_http_answers_total{class="2xx"}': 1,
      'plenum_http_answers_total{class="5xx"}': 0,
      'plenum_turn_quota_hits_total{quota="allocations"}': 0,
      'plenum_turn_allocations{transport="tls"}': 0,
      'plenum_turn_bytes_total{transport="udp",direction="in"}': 0,
      'plenum_turn_dropped_total{reason="failure"}': 0,
    };
    for (const [name, value] of Object.entries(expected)) assert.is(values.get(name), value, name);
    assert.ok((values.get('plenum_media_worker_resident_memory_bytes{worker="0"}') ?? 0) > 1e6);
    assert.ok((values.get('plenum_media_worker_cpu_seconds_total{worker="0"}') ?? 0) > 0);
    assert.ok(values.has('plenum_nodejs_eventloop_lag_p99_seconds'));
    assert.ok(values.has('plenum_process_cpu_seconds_total'));
    const text = [...values.keys()].join('\n');
    for (const personal of ['Geheimnis', 'Ärztin', meeting.id, participantId])
      assert.not.match(text, personal);

    client.socket.terminate();
    await until(
      'the lost connection is counted',
      async () =>
        (await readMetrics(plenum.metricsUrl)).get('plenum_signalling_closed_total{reason="lost"}') === 1,
    );
  } finally {
    await plenum.close();
  }
});

test('a worker that dies is counted', async () => {
  const plenum = await startPlenum();
  try {
    process.kill(plenum.server.workers.all[0]?.pid ?? 0, 'SIGKILL');
    await until('one death and one worker', async () => {
      const values = await readMetrics(plenum.metricsUrl);
      return (
        values.get('plenum_media_worker_deaths_total') === 1 &&
        values.get('plenum_media_workers{state="alive"}') === 1
      );
    });
  } finally {
    await plenum.close();
  }
});

test('what runs, and how long the certificate and the disk will do', async () => {
  const data = await tempDir();
  const certificateFile = join(data.path, 'cert.pem');
  const keyFile = join(data.path, 'key.pem');
  const writeCertificate = async (year: number) => {
    const notAfterDate = new Date(Date.UTC(year, 0, 1));
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      notAfterDate,
    });
    writeFileSync(certificateFile, made.cert);
    writeFileSync(keyFile, made.private);
    return notAfterDate.getTime() / 1000;
  };
  const first = await writeCertificate(2091);
  const plenum = await startPlenum({ http: { tls: { certificateFile, keyFile } } });
  try {
    const values = await readMetrics(plenum.metricsUrl);
    const expiry = 'plenum_tls_certificate_not_after_seconds';
    assert.is(values.get(expiry), first);
    const next = await writeCertificate(2092);
    await plenum.server.http.certificates.refresh();
    assert.is((await readMetrics(plenum.metricsUrl)).get(expiry), next, 'the one in use now');

    const build = [...values.keys()].find((name) => name.startsWith('plenum_build_info'));
    assert.match(build ?? '', `node="${process.versions.node}"`);
    assert.match(build ?? '', /version="test",.*mediasoup="3\.\d+\.\d+"/);
    const disk = statfsSync(plenum.dataDirectory);
    assert.is(values.get('plenum_data_disk_size_bytes'), disk.blocks * disk.bsize);
    const free = values.get('plenum_data_disk_free_bytes') ?? 0;
    assert.ok(free > 0 && free < disk.blocks * disk.bsize, String(free));
  } finally {
    await plenum.close();
    await data.remove();
  }
});

test('a disk that cannot be asked is not a full one', async () => {
  const plenum = await startPlenum();
  await rm(plenum.dataDirectory, { recursive: true });
  const free = (await readMetrics(plenum.metricsUrl)).get('plenum_data_disk_free_bytes');
  await plenum.close();
  assert.ok(Number.isNaN(free), String(free));
});

test('only /metrics, and only where configured; a taken port is a note', async () => {
  const plenum = await startPlenum();
  const port = plenum.server.metricsPort ?? 0;
  const second = await startPlenum({ metrics: { port } });
  const off = await startPlenum({ metrics: { enabled: false } });
  try {
    for (const path of ['/', '/health/live', '/metricsx'])
      assert.is((await fetch(new URL(path, plenum.metricsUrl))).status, 404, path);
    assert.is((await fetch(plenum.metricsUrl, { method: 'POST' })).status, 404);
    assert.is((await fetch(`${plenum.loopbackUrl}/metrics`)).status, 404);
    assert.is(second.server.metricsPort, undefined);
    assert.match(
      second.server.notes.join('\n'),
      `Metrics at http://127.0.0.1:${port}/metrics: the port is taken`,
    );
    assert.is(off.server.metricsPort, undefined);
  } finally {
    await Promise.all([plenum.close(), second.close(), off.close()]);
  }
  await new Promise<void>((resolve, reject) => {
    net.connect(port, '127.0.0.1', () => reject(new Error('still open'))).on('error', () => resolve());
  });
});

test('dashboard and alerts ask only for metrics that exist', async () => {
  const plenum = await startPlenum();
  const text = await (await fetch(plenum.metricsUrl)).text();
  await plenum.close();
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  for (const file of ['plenum.json', 'alerts.yaml']) {
    const asking = readFileSync(new URL(`../../../config/dashboards/${file}`, import.meta.url), 'utf8');
    const asked = [...asking.matchAll(/plenum_\w+/g)].map(([name]) => name);
    assert.ok(asked.length > 15);
    for (const name of asked) assert.ok(known.has(name), `${file}: ${name}`);
  }
});

test.run();
