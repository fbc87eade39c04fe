import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;

/**
 * Takes the lock that belongs to a file, waiting for whoever has it.
 *
 * The kernel holds the lock (flock(2)) and drops it when this process ends, however it ends: no lock can be left over by a
 * dead process, so none is ever "taken over" by guessing. Node has no flock of its own; flock(1) takes it on a descriptor it
 * inherits, and a lock belongs to the open file, not to the process that asked for it.
 *
 * @param {string} path created when missing, never removed (removing it would let two processes lock two files)
 * @param {(owner: number | undefined) => void} onWait called once when somebody else has the lock, with their process id
 * @returns {Promise<() => void>} releases the lock
 */
export async function lockFile(path, onWait = () => undefined) {
  const file = openSync(path, 'a+');
  let told = false;
  while (!tryLock(file)) {
    if (!told) onWait(ownerOf(path));
    told = true;
    await sleep(pollMs);
  }
  ftruncateSync(file);
  writeSync(file, `${process.pid}\n`);
  return () => closeSync(file);
}

/** @param {number} file */
function tryLock(file) {
  // The child sees the file as descriptor 3.
  const result = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
  });
  if (result.error)
    throw new Error(`flock could not be started (package util-linux): ${result.error.message}`);
  if (result.status === 0) return true;
  if (result.status === 1) return false;
  throw new Error(`flock failed: ${result.stderr}`);
}

/** @param {string} path */
function ownerOf(path) {
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
