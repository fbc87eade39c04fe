import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, with its output going to this process's own.
 *
 * @returns its standard output when `capture` is set, else an empty string
 * @throws Error naming the program and how it ended
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { cwd?: string; capture?: boolean; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    timeout: options.timeoutMs,
    stdio: ['ignore', options.capture ? 'pipe' : 'inherit', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(output);
    else reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}`));
  });
  return promise;
}
