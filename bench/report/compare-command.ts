import { writeFile } from 'node:fs/promises';
import { UsageError } from '../options.ts';
import { compare, type Side } from './comparison.ts';
import { comparisonPage } from './comparison-page.ts';
import { comparisonTable } from './comparison-table.ts';
import { readResult } from './read-result.ts';

const usage = `npm run bench -- compare <a.json> <b.json> […] [--html <out.html>]
npm run bench -- compare --base <a.json> […] --with <b.json> […] [--with …] [--html <out.html>]

  Each file, or each --base and --with, is one side; the first one is what the others are compared with.
  The runs of a side (several files, or made with --repeat) are looked at together: medians and ranges.`;

export interface CompareOptions {
  /** Files of each side. */
  sides: string[][];
  html: string | undefined;
}

/** @returns what is said about it @throws UsageError */
export async function compareCommand(parameters: readonly string[]): Promise<string> {
  const { sides: files, html } = readCompareOptions(parameters);
  const sides = await Promise.all(files.map(readSide));
  const comparison = compare(sides);
  const table = comparisonTable(comparison);
  if (html === undefined) return table;
  await writeFile(html, comparisonPage(comparison));
  return `${table}\nHTML: ${html}\n`;
}

/** By hand, because parseArgs() knows no option with several values. @throws UsageError */
export function readCompareOptions(parameters: readonly string[]): CompareOptions {
  const alone: string[][] = [];
  const base: string[][] = [];
  const others: string[][] = [];
  let html: string | undefined;
  let current: string[] | undefined;
  const rest = [...parameters];
  for (let given = rest.shift(); given !== undefined; given = rest.shift()) {
    if (given === '--base' || given === '--with') {
      current = [];
      (given === '--base' ? base : others).push(current);
    } else if (given === '--html') {
      html = rest.shift();
      if (html === undefined) throw new UsageError(`--html wants a file\n\n${usage}`);
    } else if (given === '--help') throw new UsageError(usage);
    else if (given.startsWith('-')) throw new UsageError(`there is no option ${given}\n\n${usage}`);
    else if (current) current.push(given);
    else alone.push([given]);
  }
  const named = [...base, ...others];
  if (named.length > 0 && alone.length > 0)
    throw new UsageError(`files stand behind --base or --with, or without both\n\n${usage}`);
  if (
    named.length > 0 &&
    (base.length !== 1 || others.length === 0 || named.some((side) => side.length === 0))
  )
    throw new UsageError(`one --base and at least one --with are needed, with files behind each\n\n${usage}`);
  const sides = named.length > 0 ? named : alone;
  if (sides.length < 2) throw new UsageError(`at least two results are needed\n\n${usage}`);
  return { sides, html };
}

async function readSide(files: readonly string[]): Promise<Side> {
  const read = await Promise.all(files.map(async (file) => ({ file, result: await readResult(file) })));
  return { name: files.join(', '), files: read };
}
