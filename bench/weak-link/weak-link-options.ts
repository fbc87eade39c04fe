import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';
import type { Situation } from './situation.ts';

export interface WeakLinkOptions {
  situations: readonly Situation[];
  /** people in the meeting, the page included */
  participants: number;
  seed: number;
  json: string | undefined;
  quiet: boolean;
}

/** @throws UsageError */
export function readWeakLinkOptions(
  parameters: readonly string[],
  all: readonly Situation[],
): WeakLinkOptions {
  const values = parse(parameters, all);
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !all.some((situation) => situation.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no situation "${unknown}"\n\n${weakLinkUsage(all)}`);
  const chosen = all.filter(({ name, isShort }) =>
    only ? only.includes(name) : (values.full ?? false) || isShort,
  );
  return {
    situations: chosen,
    participants: whole('participants', values.participants, 9, 2),
    seed: whole('seed', values.seed, 1, 0),
    json: values.json,
    quiet: values.quiet ?? false,
  };
}

export function weakLinkUsage(all: readonly Situation[]): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return [
    'weak-link: one page in a real browser behind a bad line',
    '  --short              the situations marked with * (default)',
    '  --full               all situations',
    '  --only <a,b>         these situations',
    '  --participants <n>   people in the meeting, the page included (default: 9)',
    '  --seed <n>           of the line: the same packets have the same fate (default: 1)',
    '  --json <…>           where the result is written (default: bench/results/<time>-weak-link.json)',
    '  --quiet              no progress line',
    ...all.map(({ name, summary, isShort }) => `  ${isShort ? '*' : ' '} ${name.padEnd(width)}  ${summary}`),
  ].join('\n');
}

function parse(parameters: readonly string[], all: readonly Situation[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    short: flag,
    full: flag,
    only: text,
    participants: text,
    seed: text,
    json: text,
    quiet: flag,
    help: flag,
  };
  try {
    const { values } = parseArgs({ args: [...parameters], options });
    if (!values.help) return values;
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : String(error)}\n\n${weakLinkUsage(all)}`,
    );
  }
  throw new UsageError(weakLinkUsage(all));
}

function whole(option: string, given: string | undefined, fallback: number, least: number): number {
  if (given === undefined) return fallback;
  const number = given.trim() === '' ? Number.NaN : Number(given);
  if (!Number.isInteger(number) || number < least)
    throw new UsageError(`--${option} must be a whole number of at least ${least}, not "${given}"`);
  return number;
}
