import { posix } from 'node:path';
import { awayFromServer, browserSafe, generated, importers, layers, tools } from './layer-table.ts';
import { readImports } from './read-imports.ts';
import type { SourceFile } from './source-files.ts';

/** Everything in `files` that goes against the layers, one sentence each. Type imports count: they point back, too. */
export function layerFindings(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map(({ path, text }) => [path, readImports(text)]));
  const findings: string[] = [];
  for (const [path, specifiers] of imports) {
    const folder = folderOf(path);
    if (folder === undefined) {
      findings.push(`${path} is in a folder without a layer: give it one in test/rules/layer-table.ts`);
      continue;
    }
    for (const specifier of specifiers) {
      const complaint = specifier.startsWith('.')
        ? aboutFile(folder, posix.join(posix.dirname(path), specifier))
        : aboutPackage(path, folder, specifier);
      if (complaint) findings.push(`${path} ${complaint}`);
    }
  }
  return [...findings, ...rings(imports)];
}

/** The folder of the layer table that `path` belongs to; undefined when it has none. */
function folderOf(path: string): string | undefined {
  const known = [...layers.flat(), ...tools];
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    // `src/server` is the layer of its own files only: a new folder in it has to be given a layer.
    if (known.includes(folder))
      return folder === 'src/server' && posix.dirname(path) !== folder ? undefined : folder;
  }
  return undefined;
}

function lineOf(folder: string): number {
  return layers.findIndex((line) => line.includes(folder));
}

function aboutFile(folder: string, target: string): string | undefined {
  if (target.startsWith(`${generated.folder}/`)) {
    return folder === generated.importer ? undefined : `imports generated code: ${target}`;
  }
  const targetFolder = folderOf(target);
  if (targetFolder === folder || tools.includes(folder)) return undefined;
  if (targetFolder === undefined) return `imports ${target}, which is in no layer`;
  if (tools.includes(targetFolder)) return `imports ${target}: nobody imports the tools in ${targetFolder}`;
  if (awayFromServer.includes(folder) && targetFolder.startsWith('src/server')) {
    return `imports ${target}: client and server meet only in protocol and base`;
  }
  if (lineOf(targetFolder) > lineOf(folder)) return `imports upward: ${target}`;
  if (lineOf(targetFolder) === lineOf(folder)) return `imports from its own line: ${target}`;
  return undefined;
}

function aboutPackage(path: string, folder: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:') && browserSafe.includes(folder) && !path.endsWith('/vite.config.ts')) {
    return `imports ${specifier}, which does not exist in browsers`;
  }
  const rule = importers.find(({ module }) => specifier === module || specifier.startsWith(`${module}/`));
  if (rule && !rule.allowed.some((allowed) => allowed.test(path))) return `may not import ${specifier}`;
  return undefined;
}

/** Files that import each other, directly or through others. Each ring is told once, from its first file. */
function rings(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push(`ring of imports: ${[...trail.slice(start), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const specifier of imports.get(path) ?? []) {
      const target = posix.join(posix.dirname(path), specifier);
      if (specifier.startsWith('.') && imports.has(target)) visit(target);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of imports.keys()) visit(path);
  return found;
}
