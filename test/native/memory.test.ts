import { readFile } from 'node:fs/promises';
import * as mediasoup from 'mediasoup';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readWorkerRecord } from '../../src/native/worker-record.ts';

const test = suite('memory of the worker');

async function residentOctets(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

test('what a large room has used goes back to the system when it ends', async () => {
  const { path, origin } = await readWorkerRecord();
  // The official binary does not do this.
  if (origin === 'prebuilt') return;
  const worker = await mediasoup.createWorker({ workerBin: path, logLevel: 'error' });
  try {
    const server = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
    const room = async () => {
      const router = await worker.createRouter({
        mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
      });
      for (let made = 0; made < 500; made += 50)
        await Promise.all(
          Array.from({ length: 50 }, () => router.createWebRtcTransport({ webRtcServer: server })),
        );
      const full = await residentOctets(worker.pid);
      router.close();
      // Answered after the router's end: the worker does one thing after the other.
      await worker.dump();
      return full;
    };
    // What is made once and kept is made now.
    await room();
    const before = await residentOctets(worker.pid);
    const full = await room();
    const after = await residentOctets(worker.pid);
    assert.ok(full - before > 2_000_000, `${before} → ${full}`);
    assert.ok(after - before < 0.3 * (full - before), `${before} → ${full} → ${after}`);
  } finally {
    worker.close();
  }
});

test.run();
