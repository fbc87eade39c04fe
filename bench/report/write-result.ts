import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pageBeside } from './report-command.ts';
import type { BenchResult } from './result.ts';
import { resultPage } from './result-page.ts';

/** JSON and, beside it, the page. @param given where the person wants the JSON */
export async function writeResult(
  result: BenchResult,
  given: string | undefined,
): Promise<{ json: string; html: string }> {
  const time = result.environment.date.replace(/[:.]/g, '-');
  const json = resolve(given ?? join(import.meta.dirname, '../results', `${time}-${result.scenario}.json`));
  const html = pageBeside(json);
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(html, resultPage(result));
  return { json, html };
}
