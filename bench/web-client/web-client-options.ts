import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface WebClientOptions {
  /** pictures of others that the page shows at the same time */
  tiles: number;
  seconds: number;
  settleSeconds: number;
  /** The page's own camera is on, too. Nobody looks at it, so it is shown and not sent. */
  camera: boolean;
  /** Beside the result, a .cpuprofile of the page's scripts. */
  profile: boolean;
  json: string | undefined;
  quiet: boolean;
}

const usage = [
  'web-client: what the web client costs the browser with many tiles',
  '  --tiles <n>     pictures of others at the same time, 180 lines each (default: 25)',
  '  --seconds <n>   the window (default: 20)',
  '  --settle <n>    seconds of rest before each of the two measurements (default: 5)',
  '  --camera        the page shows its own camera, too',
  '  --profile       writes a .cpuprofile of its scripts; it costs something itself, so nothing is judged',
  '  --json <…>      where the result is written (default: bench/results/<time>-web-client.json)',
  '  --quiet         no progress line',
].join('\n');

/** @throws UsageError */
export function readWebClientOptions(parameters: readonly string[]): WebClientOptions {
  const values = parse(parameters);
  return {
    // The grid holds 49 on a page, and we are one of them.
    tiles: whole('tiles', values.tiles, 25, 1, 48),
    seconds: whole('seconds', values.seconds, 20, 1, 600),
    settleSeconds: whole('settle', values.settle, 5, 0, 60),
    camera: values.camera ?? false,
    profile: values.profile ?? false,
    json: values.json,
    quiet: values.quiet ?? false,
  };
}

function parse(parameters: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    tiles: text,
    seconds: text,
    settle: text,
    camera: flag,
    profile: flag,
    json: text,
    quiet: flag,
    help: flag,
  };
  try {
    const { values } = parseArgs({ args: [...parameters], options });
    if (!values.help) return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
  throw new UsageError(usage);
}

function whole(
  option: string,
  given: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  if (given === undefined) return fallback;
  const number = given.trim() === '' ? Number.NaN : Number(given);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new UsageError(`--${option} must be a whole number from ${least} to ${most}, not "${given}"`);
  return number;
}
