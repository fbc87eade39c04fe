import { createHash } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { arch, homedir, platform, release } from 'node:os';
import { join } from 'node:path';

/** Where a worker binary came from: the project's official release, this machine's compiler, or the operator. */
export type WorkerOrigin = 'prebuilt' | 'built' | 'given';

const recipeDirectory = join(import.meta.dirname, 'recipe');
// The steps around the recipe decide about the binary too.
const recipeScripts = ['build-worker.ts', 'patch-sources.ts', 'libsrtp.ts'];

/**
 * The per-user place for worker binaries, `${XDG_CACHE_HOME:-~/.cache}/plenum/worker/<key>/mediasoup-worker`.
 *
 * A key names everything a binary depends on, so an entry never changes once it is there: several checkouts share it, and
 * a changed recipe or an upgraded system finds none.
 */
export class WorkerCache {
  readonly root: string;
  readonly #mediasoupVersion: string;

  constructor(environment: NodeJS.ProcessEnv, mediasoupVersion: string) {
    const base = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
    this.root = join(base, 'plenum', 'worker');
    this.#mediasoupVersion = mediasoupVersion;
  }

  async key(origin: 'prebuilt' | 'built'): Promise<string> {
    const machine = `${this.#mediasoupVersion}-${platform()}-${arch()}`;
    // The official binaries are named after the kernel's major version, ours link the system's OpenSSL.
    if (origin === 'prebuilt') return `${machine}-kernel${release().split('.')[0]}-prebuilt`;
    return `${machine}-${await systemRelease()}-${await recipeHash()}`;
  }

  /** Where the entry's files that are not the binary belong: the build in progress and its lock. */
  workspace(key: string): string {
    return join(this.root, `${key}.build`);
  }

  /** @returns the binary's path, or undefined when there is none for this key */
  async find(key: string): Promise<string | undefined> {
    const path = this.#path(key);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      return undefined;
    }
  }

  /**
   * Moves a finished binary into its place. The rename is atomic, so a reader sees the whole file or none, and of two
   * builds at the same time the later one wins with an equal file.
   *
   * @param file must lie inside {@link root}: a rename does not cross file systems
   */
  async place(key: string, file: string): Promise<string> {
    const path = this.#path(key);
    await mkdir(join(this.root, key), { recursive: true });
    await chmod(file, 0o755);
    await rename(file, path);
    return path;
  }

  #path(key: string): string {
    return join(this.root, key, 'mediasoup-worker');
  }
}

async function recipeHash(): Promise<string> {
  const entries = await readdir(recipeDirectory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  files.push(...recipeScripts.map((name) => join(import.meta.dirname, name)));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(file);
    hash.update(`${file.slice(import.meta.dirname.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** `debian12`, `ubuntu24.04`: from os-release(5). */
async function systemRelease(): Promise<string> {
  const fields = await readOsRelease();
  return `${fields.get('ID') ?? 'linux'}${fields.get('VERSION_ID') ?? fields.get('VERSION_CODENAME') ?? ''}`.replace(
    /[^a-z0-9.]/gi,
    '',
  );
}

export async function readOsRelease(): Promise<Map<string, string>> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    if (match?.[1] !== undefined) fields.set(match[1], match[2] ?? match[3] ?? match[4] ?? '');
  }
  return fields;
}
