import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { endLeftovers, leftoverMark } from './leftovers.ts';
import { inOwnNetwork } from './own-network.ts';
import type { FileCounts, FileMessage, FileResult, TestFile } from './test-file.ts';

const processEntry = join(import.meta.dirname, 'file-process.ts');
const outputLimit = 400_000;
/** How long a file may take to end after its last hook. */
const endingMs = 5_000;

/** Runs one file in a process group of its own and sees to it that nothing of it is left. Never rejects. */
export async function runFile(root: string, file: TestFile, interrupted: AbortSignal): Promise<FileResult> {
  const started = performance.now();
  const temporary = await mkdtemp(join(tmpdir(), 'plenum-test-'));
  const mark = randomUUID();
  const plain = [process.execPath, processEntry, join(root, file.name)];
  const [command = '', ...args] = file.ownNetwork ? inOwnNetwork(plain) : plain;
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      TMPDIR: temporary,
      [leftoverMark]: mark,
      ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
    },
  });
  const watch = new FileWatch(child, file.timeLimitMs);
  const interrupt = () => watch.kill('interrupted');
  interrupted.addEventListener('abort', interrupt, { once: true });
  if (interrupted.aborted) interrupt();
  const outcome = await watch.ended;
  interrupted.removeEventListener('abort', interrupt);
  // Whoever was killed could not clean up after itself: only a file that ended by itself is blamed for leftovers.
  const leftovers = await endLeftovers(mark);
  if (leftovers.length > 0 && !watch.killed)
    outcome.problems.push(`left processes behind: ${leftovers.join(', ')}`);
  await rm(temporary, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  const failed = outcome.failed + outcome.problems.length;
  return { name: file.name, durationMs: performance.now() - started, ...outcome, failed };
}

/** `failed` counts tests only. */
type Outcome = FileCounts & { problems: string[]; output: string };

class FileWatch {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #problems: string[] = [];
  #timer: NodeJS.Timeout;
  #output = '';
  #current: string | undefined;
  #finished: { counts: FileCounts; problems: string[] } | undefined;
  #lingering: string[] = [];
  #killed = false;

  constructor(child: ChildProcess, timeLimitMs: number) {
    this.#child = child;
    this.#timer = setTimeout(() => this.#timeOut(timeLimitMs), timeLimitMs);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#print(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#print(text));
    child.on('message', (message: FileMessage) => this.#listen(message));
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#problems.push(`could not be started: ${error.message}`);
        if (child.pid === undefined) resolve(this.#outcome(null, null));
      });
      // 'exit', not 'close': a grandchild that inherited the pipes would keep 'close' away.
      child.on('exit', (code, signal) => {
        setTimeout(() => resolve(this.#outcome(code, signal)), 20);
      });
    });
  }

  get killed(): boolean {
    return this.#killed;
  }

  kill(reason: string): void {
    this.#problems.push(reason);
    this.#killed = true;
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It ended in this very moment.
    }
  }

  #print(text: string): void {
    this.#output += text;
    if (this.#output.length > outputLimit) {
      this.#output = `[… cut …]\n${this.#output.slice(-outputLimit / 2)}`;
    }
  }

  #listen(message: FileMessage): void {
    if (message.type === 'started') this.#current = message.test;
    else if (message.type === 'lingering') this.#lingering = message.resources;
    else {
      this.#current = undefined;
      this.#finished = message;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#timeOut(endingMs), endingMs);
    }
  }

  #timeOut(limitMs: number): void {
    const after = `after ${Math.round(limitMs / 1000)} s`;
    if (this.#finished) {
      const open = this.#lingering.filter((name) => name !== 'PipeWrap' && name !== 'Pipe');
      this.kill(
        `did not end ${after} although all tests were done; still open: ${open.join(', ') || 'unknown'}`,
      );
    } else {
      this.kill(`time limit: killed ${after}${this.#where()}`);
    }
  }

  #where(): string {
    return this.#current === undefined ? ', outside of any test' : `, in "${this.#current}"`;
  }

  #outcome(code: number | null, signal: string | null): Outcome {
    clearTimeout(this.#timer);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    const counts = this.#finished?.counts ?? { passed: 0, failed: 0, skipped: 0 };
    const problems = [...(this.#finished?.problems ?? []), ...this.#problems];
    if (problems.length === 0 && !this.#finished) {
      problems.push(`ended before its tests were done (${signal ?? `exit code ${code}`})${this.#where()}`);
    }
    if (problems.length === 0 && counts.failed === 0 && (code !== 0 || signal !== null)) {
      problems.push(`all tests passed, then it ended with ${signal ?? `exit code ${code}`}`);
    }
    return { ...counts, problems, output: this.#output };
  }
}
