import process from 'node:process';
import { BareServer } from './bare-server.ts';

/** The bare server as a process of its own: parameters are the worker binary and the number of workers; tells its port. */
const [workerBinary = '', workers = '1'] = process.argv.slice(2);
// mediasoup's own handlers keep the process alive; the workers end with their channel to it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
process.on('disconnect', () => process.exit(0));
const server = await BareServer.start({ workerBinary, workers: Number(workers) });
process.send?.({ port: server.port });
