/**
 * The module names that a TypeScript text imports: static, re-exported, dynamic, in types, and workers by URL.
 * No parser knows TypeScript 7 yet; imports start a line (the formatter sees to that), so expressions are enough.
 */
const statements = /^\s*(?:import|export)\b(?:[^'";()=]*?\bfrom)?\s*['"]([^'"\n]+)['"]/gm;
const calls = /\bimport\(\s*['"]([^'"\n]+)['"]\s*[,)]/g;
const workers = /\bnew URL\(\s*['"](\.[^'"\n]+\.[mc]?[jt]sx?)['"]\s*,\s*import\.meta\.url/g;

export function readImports(text: string): string[] {
  const found = [statements, calls, workers].flatMap((kind) => [...text.matchAll(kind)]);
  return [...new Set(found.map((match) => match[1] ?? ''))];
}
