/** `npm run worker:check`: shows that the worker binary does its work on this machine, and which one it is. */
import { readWorkerRecord, type WorkerRecord } from './worker-record.ts';
import { tryWorker } from './worker-trial.ts';

async function check(): Promise<boolean> {
  const record: WorkerRecord = await readWorkerRecord();
  console.log(`binary       ${record.path}`);
  console.log(`origin       ${record.origin}${record.origin === record.key ? '' : ` (${record.key})`}`);
  console.log(`mediasoup    ${record.version}`);
  const { handshakeMs, sent, received, passed } = await tryWorker(record.path);
  const [publisher, subscriber] = handshakeMs;
  console.log(
    `DTLS-SRTP    connected in ${publisher.toFixed(1)} ms (publisher) and ${subscriber.toFixed(1)} ms (subscriber), ICE included`,
  );
  console.log(`RTP          ${sent} packets sent, ${received} received intact`);
  return passed;
}

let works = false;
try {
  works = await check();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
console.log(works ? 'The worker works.' : 'The worker does NOT work.');
// The client library's threads would keep the process alive.
process.exit(works ? 0 : 1);
