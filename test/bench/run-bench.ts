import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';

const program = resolve(import.meta.dirname, '../../bench/run.ts');

/** The bench as people start it. output: what it says on both streams */
export function runBench(...parameters: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, ...parameters], (_error, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}
