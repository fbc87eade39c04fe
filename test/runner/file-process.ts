import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { FileCounts, FileMessage } from './test-file.ts';

/**
 * The process of one test file: loads it with `suites.ts` in place of uvu, runs what it queued and tells the
 * runner the counts. It does not call `process.exit` at the end: a file that leaves something open has to be seen.
 */
type Outcome = [errors: string | true, passed: number, skipped: number, total: number];

declare global {
  var UVU_DEFER: number | undefined;
  var UVU_INDEX: number | undefined;
  var UVU_QUEUE: [string, ...(() => Promise<Outcome>)[]][];
}

const lingeringAfterMs = 2500;
const standIn = new URL('./suites.ts', import.meta.url).href;
const tell = (message: FileMessage) => process.send?.(message);

globalThis.UVU_DEFER = 1;
globalThis.UVU_INDEX = 0;
globalThis.UVU_QUEUE = [['']];
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'uvu' && context.parentURL !== standIn
      ? { url: standIn, shortCircuit: true }
      : next(specifier, context),
});

// A runner that was killed takes its files with it. The channel alone must not keep this process alive.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();

const { record } = await import('./suites.ts');
record.onStart = (test) => tell({ type: 'started', test });

const file = process.argv[2];
if (file === undefined) throw new Error('which test file?');
await import(pathToFileURL(resolve(file)).href);

const counts: FileCounts = { passed: 0, failed: 0, skipped: 0 };
for (const run of globalThis.UVU_QUEUE[0]?.slice(1) ?? []) {
  if (typeof run !== 'function') continue;
  const [errors, passed, skipped, total] = await run();
  counts.passed += passed;
  counts.failed += total - passed;
  counts.skipped += skipped;
  if (typeof errors === 'string') process.stdout.write(`\n${errors}\n`);
}

const problems = [...record.hookFailures];
for (const { name, pending } of record.suites) {
  if (pending > 0) problems.push(`${pending} tests of "${name}" never ran: \`.run()\` is missing`);
}
if (counts.passed + counts.failed + counts.skipped === 0 && problems.length === 0)
  problems.push('no tests in this file');
if (counts.failed + problems.length > 0) process.exitCode = 1;
tell({ type: 'finished', counts, problems });

// Unref'd: it only ever fires when something else keeps the process alive.
setTimeout(() => {
  tell({ type: 'lingering', resources: process.getActiveResourcesInfo() });
}, lingeringAfterMs).unref();
