import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { TestFile } from './test-file.ts';

const defaultTimeLimitMs = 180_000;
const heavyFolders = [
  'test/browser/',
  'test/integration/',
  'test/bench/engines/',
  'test/bench/link-emulator/',
];

export interface FoundFiles {
  files: TestFile[];
  /** Arguments that name no test file. */
  unmatched: string[];
}

/**
 * All test files when `wanted` is empty, else those whose path contains one of its entries.
 * Folders called `fixtures` are left out unless an entry is the very path of a file in them.
 */
export async function findTestFiles(root: string, wanted: string[]): Promise<FoundFiles> {
  const everything = await list(root);
  const chosen = new Set(wanted.length === 0 ? everything : []);
  const unmatched: string[] = [];
  for (const entry of wanted) {
    const path = relative(root, resolve(entry)).split(sep).join('/');
    const matching = (await isFile(join(root, path)))
      ? [path]
      : everything.filter((name) => name.includes(entry) || name.startsWith(`${path}/`));
    if (matching.length === 0) unmatched.push(entry);
    for (const name of matching) chosen.add(name);
  }
  const files = await Promise.all([...chosen].sort().map((name) => describe(root, name)));
  return { files, unmatched };
}

async function list(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'test'), { recursive: true });
  return entries
    .map((entry) => `test/${entry.split(sep).join('/')}`)
    .filter((name) => /\.test\.tsx?$/.test(name) && !name.includes('/fixtures/'));
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** A file says how it wants to be run in its first lines: `// time limit: 240 s`, `// heavy`, `// quick`, `// network: own`. */
async function describe(root: string, name: string): Promise<TestFile> {
  const head = await firstLines(join(root, name));
  const seconds = /^\/\/ time limit: (\d+) s$/m.exec(head)?.[1];
  return {
    name,
    timeLimitMs: seconds === undefined ? defaultTimeLimitMs : Number(seconds) * 1000,
    heavy: isHeavy(name, head),
    ownNetwork: /^\/\/ network: own$/m.test(head),
  };
}

function isHeavy(name: string, head: string): boolean {
  const told = /^\/\/ (heavy|quick)$/m.exec(head)?.[1];
  return told ? told === 'heavy' : heavyFolders.some((folder) => name.startsWith(folder));
}

async function firstLines(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, 6).join('\n');
  } finally {
    await file.close();
  }
}
