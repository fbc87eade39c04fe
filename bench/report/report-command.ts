import { writeFile } from 'node:fs/promises';
import { UsageError } from '../options.ts';
import { readResult } from './read-result.ts';
import { resultPage } from './result-page.ts';

const usage = 'npm run bench -- report <result.json> [page.html]';

/** Makes the page of a result that exists. @returns what is said about it */
export async function reportCommand(parameters: readonly string[]): Promise<string> {
  const [file, given] = parameters;
  if (file === undefined || parameters.length > 2 || parameters.some((one) => one.startsWith('-')))
    throw new UsageError(usage);
  const html = given ?? pageBeside(file);
  const result = await readResult(file);
  await writeFile(html, resultPage(result));
  return `HTML: ${html}\n`;
}

export function pageBeside(json: string): string {
  return `${json.replace(/\.json$/, '')}.html`;
}
