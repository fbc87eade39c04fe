import * as inspector from 'node:inspector';
import process from 'node:process';
import { BareServer } from './bare-server.ts';
import type { BareReady } from './messages.ts';

/** The bare server as a process of its own: parameters are the worker binary and the number of workers; tells its port. */
const [workerBinary = '', workers = '1'] = process.argv.slice(2);
// mediasoup's own handlers keep the process alive; the workers end with their channel to it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
process.on('disconnect', () => process.exit(0));
const server = await BareServer.start({ workerBinary, workers: Number(workers) });
// As Plenum is started by the bench: its heap is weighed after a garbage collection.
inspector.open(0, '127.0.0.1');
process.send?.({ port: server.port, debuggerUrl: inspector.url() } satisfies BareReady);
