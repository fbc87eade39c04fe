import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

/** A command of a step failed; the message says what is known, and `log` where the rest stands. */
export class CommandFailed extends Error {
  name = 'CommandFailed';

  /** @param {string} message @param {string} log */
  constructor(message, log) {
    super(message);
    this.log = log;
  }
}

/**
 * Runs one command of a step, with its output going to a log file and its latest line to the progress display.
 *
 * A command may speak to the person in front of the screen: a line that begins with `» ` is shown as it comes, lines that
 * begin with `! ` are what is shown when the command fails. Else a failure shows the end of the log.
 *
 * @param {{ program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv, log: string }} command
 * @param {{ line(text: string): void, note(text: string): void }} progress
 */
export function runLogged({ program, args, cwd, env, log }, progress) {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log);
  const complaints = [];
  const recent = [];
  // A process group of its own: ending it ends a compiler's children too.
  const child = spawn(program, args, {
    cwd,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = (signal) => {
    endGroup(child.pid);
    process.off(signal, stop);
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);

  const take = (line) => {
    const text = stripVTControlCharacters(line);
    file.write(`${text}\n`);
    if (text.startsWith('» ')) progress.note(text.slice(2));
    else if (text.startsWith('! ')) complaints.push(text.slice(2));
    else if (text.trim() !== '') progress.line(text);
    recent.push(text);
    if (recent.length > 25) recent.shift();
  };
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);

  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(new CommandFailed(`${program} could not be started: ${error.message}`, log)),
    );
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, stop);
      file.end(() => {
        if (code === 0) return resolve(undefined);
        const how = `${program} ${args.join(' ')}\nended with ${signal ?? `exit code ${code}`}:`;
        reject(
          new CommandFailed((complaints.length > 0 ? complaints : [how, '', ...recent]).join('\n'), log),
        );
      });
    });
  });
}

function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // Already gone.
  }
}
