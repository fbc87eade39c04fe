import { once } from 'node:events';
import { type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { z } from 'zod';
import type { Log } from '../base/log.ts';

export const logSettings = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** auto: pretty on a terminal, JSON lines else */
  format: z.enum(['auto', 'pretty', 'json']).default('auto'),
});
export type LogSettings = z.output<typeof logSettings>;

// Whatever object is logged by whomever: these never reach a line. Two levels deep is as deep as pino's redaction stays cheap.
const secretFields = [
  'token',
  'resumeToken',
  'secret',
  'joinTokenSecret',
  'password',
  'authorization',
  'cookie',
  'meetingCode',
];
const redact = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** A log and the file descriptor behind it. */
export interface OpenLog {
  log: Log;
  /** Text as it is, in its place between the lines. */
  print(text: string): void;
  /**
   * For the last moment of a process: resolves when everything is written, or cannot be (nobody reads, disk full:
   * given up after `closeLimitMs`). What is logged later is lost. Closes the descriptor unless it is 1 or 2.
   */
  close(): Promise<void>;
}

/** How long a process that ends waits for whoever reads its log. */
const closeLimitMs = 1000;

/**
 * @param output a file descriptor, and whether a person watches it (decides format auto)
 */
export function openLog(settings: LogSettings, output: { fd: number; terminal: boolean }): OpenLog {
  const readable = settings.format === 'pretty' || (settings.format === 'auto' && output.terminal);
  // Written behind the event loop's back, so that a slow terminal or a full pipe never delays signalling; beyond maxLength lines are lost.
  const destination = pino.destination({ dest: output.fd, sync: false, maxLength: 8 * 1024 * 1024 });
  let closing: Promise<void> | undefined;
  // The descriptor can be closed before we are (a pipe's reader left): no reason to end.
  destination.on('error', () => undefined);
  const write = (text: string) => {
    if (!closing) destination.write(text);
  };
  const format = prettyFactory({
    colorize: output.terminal,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    errorLikeObjectKeys: ['error'],
  });
  const stream = { write: readable ? (line: string) => write(format(line)) : write };
  const logger = pino(
    {
      level: settings.level,
      redact: { paths: redact, censor: '[redacted]' },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      base: null,
      serializers: { error: pino.stdSerializers.err, address: truncateAddress },
    },
    stream,
  );
  return {
    log: wrap(logger),
    print: write,
    close: () => (closing ??= written(destination)),
  };
}

/** Not flushSync: it knows nothing of a write that is under way, and tries for ever where writing fails. */
async function written(destination: ReturnType<typeof pino.destination>): Promise<void> {
  // Not AbortSignal.timeout: that lets the process end, and with what exit code nobody knows.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), closeLimitMs);
  const closed = once(destination, 'close', { signal: limit.signal });
  destination.end();
  // Destroyed, so that the same is not tried again when the process exits.
  await closed.catch(() => destination.destroy());
  clearTimeout(timer);
}

function wrap(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}

/** The network part only (IPv4 /24, IPv6 /48): enough to see a pattern, not enough to name a person. */
export function truncateAddress(address: unknown): unknown {
  if (typeof address !== 'string') return address;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.\d+(:\d+)?$/.exec(plain);
  if (v4) return `${v4[1]}.${v4[2]}.${v4[3]}.x`;
  if (!plain.includes(':')) return address;
  const [head = ''] = plain.split('::');
  const groups = plain.startsWith('::') ? [] : head.split(':').slice(0, 3);
  return `${groups.join(':')}::x`;
}
