import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { buildLibsrtp } from './libsrtp.ts';
import { patchSources } from './patch-sources.ts';
import { runCommand } from './run-command.ts';

/** What the recipe needs on Debian and Ubuntu, for building only: the finished binary needs libssl3. */
export const buildPackages: readonly string[] = [
  'cmake',
  'ninja-build',
  'g++',
  'pkg-config',
  'libssl-dev',
  'libuv1-dev',
  'libabsl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
];

const recipe = join(import.meta.dirname, 'recipe');
// The compiler takes up to this much for the largest files.
const bytesPerJob = 700 * 1024 * 1024;

/**
 * Builds the worker from the npm package's sources.
 *
 * @param mediasoup the installed package's directory
 * @param workspace kept when the build is interrupted, so that the next one goes on where this one stopped
 * @param systemSrtp called when libsrtp cannot be built from its source; must see to it that the system's is installed
 * @returns the binary's path, inside the workspace
 */
export async function buildWorker(
  mediasoup: string,
  workspace: string,
  systemSrtp: (why: Error) => Promise<void>,
): Promise<string> {
  await mkdir(workspace, { recursive: true });
  const source = await copySources(join(mediasoup, 'worker'), workspace);
  const srtp = await buildLibsrtp(workspace).catch(async (error: unknown) => {
    await systemSrtp(error instanceof Error ? error : new Error(String(error)));
    return '';
  });
  const build = join(workspace, 'build');
  await runCommand('cmake', [
    '-G',
    'Ninja',
    '-S',
    join(source, 'recipe'),
    '-B',
    build,
    `-DWORKER_SOURCE=${source}`,
    `-DSRTP_ROOT=${srtp}`,
  ]);
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / bytesPerJob)));
  await runCommand('ninja', ['-C', build, '-j', String(jobs)]);
  return join(build, 'mediasoup-worker');
}

async function copySources(from: string, workspace: string): Promise<string> {
  const source = join(workspace, 'source');
  const complete = join(workspace, 'source.complete');
  if (existsSync(complete)) return source;
  await rm(source, { recursive: true, force: true });
  for (const part of ['src', 'include', 'fbs', 'deps']) {
    await cp(join(from, part), join(source, part), { recursive: true, preserveTimestamps: true });
  }
  // CMake remembers where its recipe lies, and another checkout may go on with this build.
  await cp(recipe, join(source, 'recipe'), { recursive: true, preserveTimestamps: true });
  await patchSources(source);
  await writeFile(complete, '');
  return source;
}
