import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every process that a test file starts inherits this variable, so it can be found when it left the process group. */
export const leftoverMark = 'PLENUM_TEST_FILE_MARK';
const graceMs = 1500;

/**
 * Ends all processes that carry `mark` in their environment.
 * @returns the names of those that were still there after a grace time (a browser needs a moment to end).
 */
export async function endLeftovers(mark: string): Promise<string[]> {
  const deadline = performance.now() + graceMs;
  let found = await marked(mark);
  while (found.length > 0 && performance.now() < deadline) {
    await sleep(100);
    found = await marked(mark);
  }
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
  return found.map(({ pid, name }) => `${name} (${pid})`);
}

async function marked(mark: string): Promise<{ pid: number; name: string }[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const looked = await Promise.all(pids.map((pid) => look(pid, mark)));
  return looked.filter((process) => process !== undefined);
}

async function look(pid: number, mark: string): Promise<{ pid: number; name: string } | undefined> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    if (!environment.includes(`${leftoverMark}=${mark}`)) return undefined;
    return { pid, name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() };
  } catch {
    return undefined;
  }
}
