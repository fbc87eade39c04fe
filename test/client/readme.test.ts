import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tempDir } from '../support/temp-dir.ts';
import { readmeExample } from './readme-example.ts';

const test = suite('README of the client');
const root = resolve(import.meta.dirname, '../..');

test('the example is about thirty lines', async () => {
  const lines = (await readmeExample()).trim().split('\n');
  assert.ok(lines.length <= 35, `${lines.length} lines`);
});

test('the example has correct types', async () => {
  const code = (await readmeExample()).replace("'./index.ts'", `'${resolve(root, 'src/client/index.ts')}'`);
  const directory = await tempDir();
  try {
    await writeFile(resolve(directory.path, 'example.ts'), code);
    await writeFile(resolve(directory.path, 'package.json'), '{ "type": "module" }');
    const project = {
      extends: resolve(root, 'tsconfig.json'),
      include: ['example.ts'],
      compilerOptions: { types: [] },
    };
    await writeFile(resolve(directory.path, 'tsconfig.json'), JSON.stringify(project));
    const tsc = resolve(root, 'node_modules/.bin/tsc');
    await promisify(execFile)(tsc, ['-p', directory.path], { cwd: root }).catch(
      (error: { stdout?: string }) => {
        assert.unreachable(error.stdout ?? String(error));
      },
    );
  } finally {
    await directory.remove();
  }
});

test.run();
