import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'vite';
import { tempDir } from '../support/temp-dir.ts';
import { readmeExample } from './readme-example.ts';

const client = resolve(import.meta.dirname, '../../src/client');

/** The SDK and the README's example as one script for a page: `globalThis.sdk` has joinMeeting and call. */
export async function sdkBundle(): Promise<string> {
  const directory = await tempDir();
  try {
    const example = (await readmeExample()).replace(
      "'./index.ts'",
      JSON.stringify(resolve(client, 'index.ts')),
    );
    const entry = resolve(directory.path, 'entry.ts');
    await writeFile(resolve(directory.path, 'example.ts'), example);
    await writeFile(
      entry,
      `import { joinMeeting } from ${JSON.stringify(resolve(client, 'index.ts'))};
      import { call } from './example.ts';
      Object.assign(globalThis, { sdk: { joinMeeting, call } });`,
    );
    const built = await build({
      configFile: false,
      root: directory.path,
      logLevel: 'error',
      build: {
        write: false,
        minify: false,
        lib: { entry, formats: ['es'] },
        rolldownOptions: { output: { codeSplitting: false } },
      },
    });
    const [output] = Array.isArray(built) ? built : [built];
    if (!output || !('output' in output)) throw new Error('nothing was built');
    return output.output[0].code;
  } finally {
    await directory.remove();
  }
}
