import { type BenchOptions, readOptions, UsageError } from '../options.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { System } from './system.ts';

export interface VersusOptions {
  systems: readonly System[];
  bench: BenchOptions;
  /** Media workers of each system that has such a thing. */
  workers: number;
}

/** Two encodings: small enough that many receivers fit on one machine together with the load. */
const camera = '640x360@30';
/** Plenum tries a line before it uses it; other systems send everything at once. What is compared is what comes after. */
const settle = '12';
const repeat = '3';
const refused = ['url', 'link', 'viewer-link', 'server-pid', 'metrics-url', 'insecure', 'find-capacity'];

/** @throws UsageError */
export function readVersusOptions(
  parameters: readonly string[],
  systems: readonly System[],
  scenarios: readonly Scenario[],
): VersusOptions {
  const firstOption = parameters.findIndex((one) => one.startsWith('-'));
  const names = parameters.slice(0, firstOption < 0 ? undefined : firstOption);
  const rest = firstOption < 0 ? [] : parameters.slice(firstOption);
  if (names.length === 0 || rest.includes('--help')) throw new UsageError(usage(systems, scenarios));
  const unknown = rest.find((one) => refused.includes(one.replace(/^--|=.*$/g, '')));
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown} does not go with versus: both systems are started here and measured with the same load`,
    );
  }
  const chosen = [...new Set(names)].map((name) => {
    const system = systems.find((one) => one.name === name);
    if (!system) throw new UsageError(`there is no system "${name}"\n\n${usage(systems, scenarios)}`);
    return system;
  });
  const scenario = take(rest, 'scenario') ?? 'lecture';
  const bench = readOptions(
    [scenario, '--camera', camera, '--settle', settle, '--repeat', repeat, ...rest],
    scenarios,
  );
  return { systems: chosen, bench, workers: bench.workers ?? 1 };
}

/** Takes an option with its value out of the parameters. */
function take(parameters: string[], name: string): string | undefined {
  const at = parameters.findIndex((one) => one === `--${name}` || one.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  const [option = ''] = parameters.slice(at, at + 1);
  const joined = option.includes('=');
  const [, following] = parameters.splice(at, joined ? 1 : 2);
  const value = joined ? option.slice(option.indexOf('=') + 1) : following;
  if (value === undefined || value === '') throw new UsageError(`--${name} needs a value`);
  return value;
}

function usage(systems: readonly System[], scenarios: readonly Scenario[]): string {
  return [
    'npm run bench -- versus <system …> [options]',
    '',
    'The same load through Plenum and through another system, in turns, and the ratios.',
    '',
    `systems: ${systems.map(({ name }) => name).join(', ')}`,
    `  --scenario <name>      ${scenarios.map(({ name }) => name).join(' or ')} (default: lecture)`,
    `  --repeat <n>           runs of each system; medians are compared (default: ${repeat})`,
    '  --workers <n>          media workers of each system that has them (default: 1)',
    `  --camera <…>           format of each camera (default: ${camera})`,
    `  --settle <n>           seconds between the last join and the measurement (default: ${settle})`,
    '',
    'and the numbers of the scenario, --seconds, --join-rate, --processes, --json and --quiet: npm run bench -- --help',
  ].join('\n');
}
