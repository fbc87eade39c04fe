import process from 'node:process';
import { WebSocket } from 'ws';
import { quickLook } from '../../src/client/doctor/quick-look.ts';
import { NodeEngine } from '../../src/doctor/node-engine.ts';

// The lobby's look at the network, from wherever this process runs. Prints what it says.
const trusting = { rejectUnauthorized: false };
const parts = {
  url: `${process.argv[2]}/signal`,
  client: 'test',
  webSocket: (url: string) => new WebSocket(url, trusting) as unknown as globalThis.WebSocket,
};
const code = await quickLook(parts, await NodeEngine.create(trusting), new AbortController().signal);
process.stdout.write(`${code}\n`);
process.exit(0);
