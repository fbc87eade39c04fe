import { readdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A file of the project: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** All files below `folders` whose name ends with one of `endings`, generated and built ones left out. */
export async function sourceFiles(
  folders: readonly string[],
  endings: readonly string[],
): Promise<SourceFile[]> {
  const paths = (await Promise.all(folders.map(list))).flat();
  const wanted = paths.filter((path) => endings.some((ending) => path.endsWith(ending)));
  return Promise.all(wanted.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((path) => !/\/(node_modules|dist|generated|results)\//.test(path));
}

/** The text files directly in the root, lock file left out. */
export async function topLevelFiles(): Promise<SourceFile[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name !== 'package-lock.json');
  return Promise.all(
    names.map(async ({ name }) => ({ path: name, text: await readFile(join(root, name), 'utf8') })),
  );
}
