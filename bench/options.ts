import { parseArgs } from 'node:util';
import type { CameraFormat } from './media/camera-layers.ts';
import { commonNumbers, type Scenario } from './scenarios/scenario.ts';

export interface BenchOptions {
  scenario: Scenario;
  numbers: Record<string, number>;
  camera: CameraFormat;
  /** Workers of the own server; undefined: its default. */
  workers: number | undefined;
  /** Load processes; undefined: chosen by the number of clients. */
  processes: number | undefined;
  /** Somebody else's server, and links of a meeting that exists there. */
  url: string | undefined;
  link: string | undefined;
  viewerLink: string | undefined;
  serverPid: number | undefined;
  metricsUrl: string | undefined;
  insecure: boolean;
  /** Searches the largest size that is carried, from the given one on. */
  findCapacity: boolean;
  /** How often the scenario is run. */
  repeat: number;
  json: string | undefined;
  quiet: boolean;
}

/** What the person at the keyboard has to change; the text is complete. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const texts = {
  camera: 'format of each camera, like 1280x720@30',
  workers: 'media workers of the own server (default: one per core)',
  processes: 'processes that carry the load (default: by the number of clients)',
  url: 'load this server instead of an own one, like https://meet.example:8443',
  link: 'invitation link of an existing meeting there (default: a new meeting is made)',
  'viewer-link': 'viewer link of that meeting',
  'server-pid': 'process id of that server, if it runs on this machine: its CPU and memory are measured',
  'metrics-url': 'its /metrics address',
  insecure: 'accept any certificate of that server',
  repeat: 'run it so often, each time with a fresh server, and show medians (default: 1)',
  json: 'where the result is written, with a page (HTML) beside it (default: bench/results/<time>-<scenario>.json)',
  'find-capacity': 'search the largest size that is carried, beginning with the given one',
  quiet: 'no progress line',
} as const;
const flags = new Set(['insecure', 'find-capacity', 'quiet']);

/** @throws UsageError */
export function readOptions(parameters: readonly string[], scenarios: readonly Scenario[]): BenchOptions {
  const [name, ...rest] = parameters;
  if (name === undefined || name === '--help' || name === 'help') throw new UsageError(usage(scenarios));
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario) throw new UsageError(`there is no scenario "${name}"\n\n${usage(scenarios)}`);
  const numberOptions = { ...commonNumbers, ...scenario.numbers };
  const values = parse(rest, numberOptions, scenarios);
  const text = (option: keyof typeof texts): string | undefined => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  const optionalNumber = (option: 'workers' | 'processes' | 'server-pid' | 'repeat') =>
    values[option] === undefined ? undefined : toNumber(option, values[option], 1, true);
  const numbers = Object.fromEntries(
    Object.entries(numberOptions).map(([option, { default: fallback, least }]) => [
      option,
      values[option] === undefined
        ? fallback
        : toNumber(option, values[option], least, !(option in commonNumbers) && Number.isInteger(least)),
    ]),
  );
  const url = text('url');
  if (
    url === undefined &&
    (text('link') ?? text('viewer-link') ?? text('server-pid') ?? text('metrics-url'))
  ) {
    throw new UsageError('--link, --viewer-link, --server-pid and --metrics-url belong to a --url');
  }
  return {
    scenario,
    numbers,
    camera: readCamera(text('camera') ?? '1280x720@30'),
    workers: optionalNumber('workers'),
    processes: optionalNumber('processes'),
    url,
    link: text('link'),
    viewerLink: text('viewer-link'),
    serverPid: optionalNumber('server-pid'),
    metricsUrl: text('metrics-url'),
    insecure: values['insecure'] === true,
    repeat: optionalNumber('repeat') ?? 1,
    findCapacity: values['find-capacity'] === true,
    json: text('json'),
    quiet: values['quiet'] === true,
  };
}

function parse(
  parameters: string[],
  numbers: Scenario['numbers'],
  scenarios: readonly Scenario[],
): Record<string, string | boolean | undefined> {
  const names = [...Object.keys(numbers), ...Object.keys(texts)];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: flags.has(name) ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    return parseArgs({ args: parameters, options: { ...options, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage(scenarios)}`);
  }
}

function toNumber(
  option: string,
  value: string | boolean | undefined,
  least: number,
  whole: boolean,
): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number) || number < least || (whole && !Number.isInteger(number))) {
    throw new UsageError(
      `--${option} must be ${whole ? 'a whole number' : 'a number'} of at least ${least}, not "${value}"`,
    );
  }
  return number;
}

function readCamera(text: string): CameraFormat {
  const found = /^(\d+)x(\d+)@(\d+)$/.exec(text);
  const [width = 0, height = 0, framesPerSecond = 0] = found?.slice(1).map(Number) ?? [];
  if (
    width < 16 ||
    height < 16 ||
    width > 4096 ||
    height > 4096 ||
    framesPerSecond < 1 ||
    framesPerSecond > 60
  ) {
    throw new UsageError(`--camera must be like 1280x720@30 (at most 4096x4096@60), not "${text}"`);
  }
  return { width, height, framesPerSecond };
}

function usage(scenarios: readonly Scenario[]): string {
  const lines = ['npm run bench -- <scenario> [options]', ''];
  const list = (options: Scenario['numbers']) => {
    for (const [name, { default: fallback, what }] of Object.entries(options)) {
      lines.push(`  --${`${name} <n>`.padEnd(20)} ${what} (default: ${fallback})`);
    }
  };
  for (const { name, summary, numbers } of scenarios) {
    lines.push(`${name}: ${summary}`);
    list(numbers);
    lines.push('');
  }
  lines.push('every scenario above:');
  list(commonNumbers);
  for (const [name, what] of Object.entries(texts)) {
    lines.push(`  --${(flags.has(name) ? name : `${name} <…>`).padEnd(20)} ${what}`);
  }
  lines.push(
    '',
    'weak-link: a real browser behind a bad line; its options: npm run bench -- weak-link --help',
    'versus: the same load through another system, and the ratios: npm run bench -- versus --help',
    'web-client: what the web client costs a browser; its options: npm run bench -- web-client --help',
    'report <result.json> [page.html]: makes the page of a result',
    'compare <a.json> <b.json> …: results side by side; its options: npm run bench -- compare --help',
  );
  return lines.join('\n');
}
