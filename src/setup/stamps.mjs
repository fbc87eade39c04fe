import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * A hash over what a step reads. Files count with name and content, not with their times: a fresh checkout or a switched
 * branch changes those without changing anything.
 *
 * @param {string} root names in the hash are relative to it
 * @param {readonly string[]} paths files and folders, relative to the root; what is missing counts as missing
 * @param {readonly (string | undefined)[]} values anything else the step depends on
 * @param {(path: string) => boolean} skip leaves a path out, and everything below it
 */
export function hashInputs(root, paths, values = [], skip = () => false) {
  const hash = createHash('sha256');
  for (const value of values) hash.update(value === undefined ? '-\0' : `+${value}\0`);
  for (const path of paths) for (const file of filesBelow(root, path, skip)) addFile(hash, root, file);
  return hash.digest('hex');
}

/** @returns {string[]} */
function filesBelow(root, path, skip) {
  if (skip(path)) return [];
  const status = statSync(resolve(root, path), { throwIfNoEntry: false });
  if (!status?.isDirectory()) return [path];
  return readdirSync(resolve(root, path))
    .sort()
    .flatMap((name) => filesBelow(root, join(path, name), skip));
}

function addFile(hash, root, file) {
  let content;
  try {
    content = readFileSync(resolve(root, file));
  } catch {
    hash.update(`${file}\0missing\0`);
    return;
  }
  hash.update(`${file}\0${content.length}\0`).update(content);
}

/** What each step was last done with, one small file per step, so that steps never overwrite each other's. */
export class Stamps {
  #directory;

  /** @param {string} directory created when needed */
  constructor(directory) {
    this.#directory = directory;
  }

  /** @param {string} step @returns {string | undefined} */
  read(step) {
    try {
      return readFileSync(this.#path(step), 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  /** @param {string} step @param {string} hash */
  write(step, hash) {
    const path = this.#path(step);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, `${hash}\n`);
    renameSync(`${path}.new`, path);
  }

  /** @param {string} step */
  remove(step) {
    rmSync(this.#path(step), { force: true });
  }

  #path(step) {
    return join(this.#directory, `${step}.stamp`);
  }
}
