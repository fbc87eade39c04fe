import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { uncoveredAddresses } from './http/self-signed.ts';
import { type OpenLog, openLog } from './log.ts';
import { findWorkerBinary, srtpEnvironment } from './media/worker-binary.ts';
import { machineAddresses } from './nat/public-address.ts';
import { Server } from './server.ts';
import { addressesToOpen, type StartUp, startUpText } from './start-up-text.ts';

const root = resolve(import.meta.dirname, '../..');
const defaultConfigFile = 'config/plenum.yaml';
const usage = `Plenum, a conferencing server.

  npm start [-- --config <file>]

  --config <file>   YAML; default: PLENUM_CONFIG, else ${defaultConfigFile} if it exists
  --help            this text

config/example.yaml shows every setting; each can also be an environment variable (http.port: PLENUM_HTTP_PORT).
`;

/** Longer than closing takes with everything well; then the process ends anyhow. */
const closeLimitMs = 10_000;
/** One Ctrl-C under npm arrives twice: from the terminal and forwarded by npm. A person needs longer for the second. */
const sameKeyPressMs = 500;

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

function configFile(): { name: string; text: string } | undefined {
  const { values } = parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const name = values.config ?? process.env['PLENUM_CONFIG'];
  if (!name && !existsSync(defaultConfigFile)) return undefined;
  return { name: name || defaultConfigFile, text: readFileSync(name || defaultConfigFile, 'utf8') };
}

function versions(): { plenum: string; node: string } {
  const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };
  return { plenum: version, node: process.versions.node };
}

function readConfig(): Config {
  try {
    return loadConfig(configFile(), process.env);
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message, 2);
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

/** Ends the process cleanly on a signal, and after an error that nobody caught. */
function endOn(server: Promise<Server>, opened: OpenLog): void {
  const { log } = opened;
  let endingSince: number | undefined;
  const exit = async (code: number) => {
    await opened.close();
    process.exit(code);
  };
  const end = async (code: number) => {
    const limit = setTimeout(() => {
      log.error({}, 'closing took too long');
      void exit(code || 1);
    }, closeLimitMs);
    try {
      await (await server).close('shutting-down');
    } catch (error) {
      log.error({ error }, 'closing failed');
    }
    clearTimeout(limit);
    await exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (endingSince === undefined) {
        endingSince = performance.now();
        log.info({ signal }, 'ending; everybody is told');
        void end(0);
      } else if (performance.now() - endingSince > sameKeyPressMs) {
        void exit(130);
      }
    });
  }
  const broken = (error: unknown) => {
    log.error({ error }, 'unexpected error; ending');
    if (endingSince !== undefined) return;
    endingSince = performance.now();
    void end(1);
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
}

async function main(): Promise<void> {
  const config = readConfig();
  // Everything we make (keys, database, journals) is for this user only.
  process.umask(0o077);
  const terminal = process.stdout.isTTY === true;
  const opened = openLog(config.log, { fd: 1, terminal });
  const { log } = opened;
  const interfaces = networkInterfaces;
  const starting = (async () => {
    const worker = findWorkerBinary(root, process.env['PLENUM_WORKER_BIN']);
    log.debug({ path: worker.path, origin: worker.origin }, 'media worker');
    // mediasoup hands our environment on to the workers; there is no other way to tell them.
    Object.assign(process.env, srtpEnvironment(worker, config.media.srtpSuites));
    return Server.create({
      config,
      workerBinary: worker.path,
      webDirectory: resolve(root, 'dist/web'),
      hostName: hostname(),
      versions: versions(),
      interfaces,
      clock: systemClock,
      log,
    });
  })();
  endOn(starting, opened);
  try {
    announce(config, await starting, opened, terminal);
  } catch (error) {
    log.debug({ error }, 'start failed');
    await opened.close();
    fail(`Plenum did not start.\n${error instanceof Error ? error.message : String(error)}`, 1);
  }
}

function announce(config: Config, server: Server, { log, print }: OpenLog, terminal: boolean): void {
  const certificate = server.http.certificates.current;
  const { outerHttps } = server.nat;
  const addresses = machineAddresses(networkInterfaces());
  const start: StartUp = {
    securePort: server.http.securePort ?? config.http.port,
    loopbackPort: server.http.loopbackPort,
    listenAddress: config.http.listenAddress,
    addresses,
    names: config.http.tls.names,
    certificate,
    outerHttps,
    media: server.nat.told,
    uncovered: uncoveredAddresses(certificate, outerHttps ? [...addresses, outerHttps.address] : addresses),
    notes: server.notes,
  };
  if (terminal || config.log.format === 'pretty') {
    print(startUpText(start));
  } else {
    log.info(
      {
        open: addressesToOpen(start),
        media: start.media,
        fingerprint: certificate.fingerprint,
        selfSigned: certificate.selfSigned,
      },
      'Plenum is running',
    );
    for (const note of start.notes) log.warn({}, note);
  }
}

await main();
