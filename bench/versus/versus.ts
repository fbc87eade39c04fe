import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { benchRun } from '../bench-run.ts';
import { describeEnvironment, type Environment } from '../environment.ts';
import { UsageError } from '../options.ts';
import type { Progress } from '../report/progress.ts';
import type { BenchResult } from '../report/result.ts';
import { type ComparedRow, compare, conclusions, doubts, isPerPacket } from './compare.ts';
import { plenum } from './plenum.ts';
import type { System, SystemName } from './system.ts';
import type { VersusOptions } from './versus-options.ts';
import { versusTable } from './versus-table.ts';

/** What is written as JSON. */
export interface VersusResult {
  format: 1;
  scenario: string;
  numbers: Readonly<Record<string, number>>;
  camera: BenchResult['camera'];
  workers: number;
  environment: Environment;
  systems: { name: SystemName; description: string; runs: BenchResult[] }[];
  comparisons: { other: SystemName; rows: ComparedRow[]; conclusions: string[]; doubts: string[] }[];
}

/** @returns the exit code, as of the other scenarios */
export async function versus(
  options: VersusOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const missing = options.systems.flatMap((system) => system.missing() ?? []);
  if (missing.length > 0) throw new UsageError(missing.join('\n'));
  const systems = [plenum, ...options.systems];
  const environment = describeEnvironment(true);
  const runs = new Map<System, BenchResult[]>(systems.map((system) => [system, []]));
  const { bench } = options;
  // The same people speak at the same times in every run.
  const seed = Math.floor(Math.random() * 2 ** 31);
  for (let round = 1; round <= bench.repeat; round++) {
    for (const system of systems) {
      if (signal.aborted) break;
      progress.say(`${system.name}, run ${round} of ${bench.repeat}`);
      runs.get(system)?.push(await oneRun(system, options, seed, environment, progress, signal));
    }
  }
  progress.close();
  const result: VersusResult = {
    format: 1,
    scenario: bench.scenario.name,
    numbers: bench.numbers,
    camera: bench.camera,
    workers: options.workers,
    environment,
    systems: systems.map((system) => ({
      name: system.name,
      description: system.describe(),
      runs: runs.get(system) ?? [],
    })),
    comparisons: options.systems.map((other) =>
      comparison(runs.get(plenum) ?? [], other, runs.get(other) ?? []),
    ),
  };
  process.stdout.write(`${versusReport(result)}\n\nJSON: ${await write(result, bench.json)}\n`);
  return exitCode(result);
}

async function oneRun(
  system: System,
  options: VersusOptions,
  seed: number,
  environment: Environment,
  progress: Progress,
  signal: AbortSignal,
): Promise<BenchResult> {
  const { bench, workers } = options;
  const { server, access } = await system.start({ workers });
  try {
    const { scenario, numbers, camera } = bench;
    const plan = scenario.plan({ meetings: [access], numbers, camera, seed });
    const clients = plan.clients.map((client) => ({ ...client, system: system.name }));
    return await benchRun({
      options: bench,
      plan: { ...plan, clients },
      server,
      environment,
      progress,
      signal,
    });
  } finally {
    await server.stop();
  }
}

function comparison(
  ours: readonly BenchResult[],
  other: System,
  theirs: readonly BenchResult[],
): VersusResult['comparisons'][number] {
  const rows = compare(believable(ours), believable(theirs));
  const sides = [
    [plenum.name, ours],
    [other.name, theirs],
  ] as const;
  const unknown = sides.filter(([, runs]) => !runs.some(isValid)).map(([name]) => name);
  const leftOut = sides.flatMap(([name, runs]) => {
    const bad = runs.filter((run) => !isValid(run)).length;
    return bad === 0 || bad === runs.length
      ? []
      : [`${bad} of ${runs.length} runs of ${name} are not valid and were left out`];
  });
  const differing = doubts(rows);
  return {
    other: other.name,
    rows,
    conclusions:
      unknown.length > 0
        ? [`Who is ahead cannot be said: no run of ${unknown.join(' and of ')} is valid.`]
        : conclusions(differing.length > 0 ? rows.filter(isPerPacket) : rows, other.name),
    doubts: [...leftOut, ...differing],
  };
}

/** One run in which the load clients were the limit would spoil the medians of the others. */
function believable(runs: readonly BenchResult[]): readonly BenchResult[] {
  const valid = runs.filter(isValid);
  return valid.length > 0 ? valid : runs;
}

function isValid({ verdict }: BenchResult): boolean {
  return verdict.state === 'valid';
}

function versusReport({
  scenario,
  numbers,
  camera,
  environment,
  systems,
  comparisons,
}: VersusResult): string {
  const given = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  const lines = [
    '',
    `${scenario}: ${given.join(', ')}, camera ${camera.width}x${camera.height}@${camera.framesPerSecond}`,
    `machine: ${environment.cpu}, ${environment.cores} cores, load ${environment.loadBefore.toFixed(1)} before; commit ${environment.commit}`,
    ...systems.map(({ name, description, runs }) => `${name}: ${description}; ${runs.length} runs`),
  ];
  for (const { other, rows, conclusions: found, doubts: doubtful } of comparisons) {
    lines.push('', versusTable(rows, other), '', ...found, ...doubtful.map((one) => `Note: ${one}.`));
  }
  for (const { name, runs } of systems) {
    for (const [index, { verdict }] of runs.entries()) {
      const said = [...verdict.reasons, ...verdict.remarks];
      if (said.length > 0) lines.push(`${name}, run ${index + 1}, ${verdict.state}: ${said.join('; ')}`);
    }
  }
  return lines.join('\n');
}

async function write(result: VersusResult, given: string | undefined): Promise<string> {
  const time = result.environment.date.replace(/[:.]/g, '-');
  const file = resolve(given ?? join(import.meta.dirname, '../results', `${time}-versus.json`));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

function exitCode({ systems }: VersusResult): number {
  const states = systems.flatMap(({ runs }) => runs.map(({ verdict }) => verdict.state));
  if (states.length === 0 || states.includes('invalid')) return 1;
  return states.includes('harness-limited') ? 3 : 0;
}
