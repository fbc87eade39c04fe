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

/** A log and the way to get out what it holds back. */
export interface OpenLog {
  log: Log;
  /** Writes everything now; for the last moment of a process. */
  flush(): void;
}

/**
 * @param output a file descriptor, and whether a person watches it (decides format auto)
 */
export function openLog(settings: LogSettings, output: { fd: number; terminal: boolean }): OpenLog {
  const readable = settings.format === 'pretty' || (settings.format === 'auto' && output.terminal);
  // Written behind the event loop's back, so that a slow terminal or a full pipe never delays signalling; beyond maxLength lines are lost.
  const destination = pino.destination({ dest: output.fd, sync: false, maxLength: 8 * 1024 * 1024 });
  // The descriptor can be closed before we are (a pipe's reader left): no reason to end.
  destination.on('error', () => undefined);
  const format = prettyFactory({
    colorize: output.terminal,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    errorLikeObjectKeys: ['error'],
  });
  const stream = readable ? { write: (line: string) => destination.write(format(line)) } : destination;
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
    flush() {
      try {
        destination.flushSync();
      } catch {
        // Not open yet, or closed by its reader: nothing to be done about it at the end.
      }
    },
  };
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
