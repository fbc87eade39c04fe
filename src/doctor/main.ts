import process from 'node:process';
import { WebSocket } from 'ws';
import { CheckConversation } from '../client/doctor/check-conversation.ts';
import { examine } from '../client/doctor/examine.ts';
import { verdictOf } from '../client/doctor/verdict.ts';
import { localServer } from './local-server.ts';
import { NodeEngine } from './node-engine.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { reachServer } from './reach-server.ts';
import { asJson, Report } from './report.ts';

const exitCodes = { possible: 0, impossible: 1, unknown: 2 } as const;

function readOptions(): { options: Options; url: URL } {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    return { options, url: options.url ?? localServer(options.config) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(exitCodes.unknown);
  }
}

async function run({ options, url }: ReturnType<typeof readOptions>): Promise<number> {
  const local = options.url === undefined;
  const terminal = process.stdout.isTTY === true && !options.json;
  const report = new Report({
    terminal,
    write: (text) => {
      if (!options.json) process.stdout.write(text);
    },
  });
  const tell = report.tell.bind(report);
  if (!options.json) process.stdout.write(`${url.origin}\n\n`);
  // The connection to a server on this machine leaves it only to come back.
  const trust = { fingerprint: options.fingerprint, anyCertificate: options.insecure || local };
  const reached = await reachServer(url, trust, tell);
  if (reached) {
    const { tlsOptions } = reached;
    const conversation = new CheckConversation({
      url: `${url.origin.replace(/^http/, 'ws')}/signal`,
      client: 'plenum-doctor',
      // The same interface where Session uses it; the types of ws are its own.
      webSocket: (address) => new WebSocket(address, tlsOptions) as unknown as globalThis.WebSocket,
    });
    await examine({ conversation, engine: await NodeEngine.create(tlsOptions), tell });
    conversation.close();
  }
  const verdict = verdictOf(report.lines);
  if (options.json) process.stdout.write(asJson(url.origin, report.lines, verdict));
  else {
    report.finish(verdict);
    if (local && !reached)
      process.stdout.write(
        'The server does not seem to run on this machine. Start it with: npm start\nFor a server elsewhere: npm run doctor -- --url https://meet.example.org\n',
      );
  }
  if (verdict.possible === undefined) return exitCodes.unknown;
  return verdict.possible ? exitCodes.possible : exitCodes.impossible;
}

const code = await run(readOptions());
// Connections that were given up may still hold timers.
process.exit(code);
