import { readFile } from 'node:fs/promises';

/** The code of the example in the SDK's README. Its import is relative to src/client. */
export async function readmeExample(): Promise<string> {
  const readme = await readFile(new URL('../../src/client/README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1];
  if (!code) throw new Error('src/client/README.md has no example');
  return code;
}
