import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Line, LineId } from '../../src/client/doctor/line.ts';
import type { Verdict } from '../../src/client/doctor/verdict.ts';

const root = resolve(import.meta.dirname, '../..');

export interface DoctorRun {
  code: number | null;
  output: string;
  errors: string;
}
export interface Told extends Line {
  name: string;
  result: string;
  advice: string;
}

/** `npm run doctor`, without the set-up. @param onHost the command line that runs another one on a host of a lab */
export async function runDoctor(
  args: readonly string[],
  onHost: (command: readonly string[]) => string[] = (command) => [...command],
  environment: Record<string, string> = {},
): Promise<DoctorRun> {
  const [program = '', ...rest] = onHost([process.execPath, 'src/doctor/main.ts', ...args]);
  const child = spawn(program, rest, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    timeout: 100_000,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}

/** What `--json` said. */
export function readJson({ output, errors }: DoctorRun): { verdict: Verdict; line: (id: LineId) => Told } {
  let told: { verdict: Verdict; lines: Told[] };
  try {
    told = JSON.parse(output);
  } catch {
    throw new Error(`the doctor said:\n${output}${errors}`);
  }
  return {
    verdict: told.verdict,
    line(id) {
      const found = told.lines.find((line) => line.id === id);
      if (!found) throw new Error(`no line ${id} in ${output}`);
      return found;
    },
  };
}
