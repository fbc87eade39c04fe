import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { findTestFiles } from './runner/find-test-files.ts';
import { Report } from './runner/report.ts';
import { runFile } from './runner/run-file.ts';
import type { TestFile } from './runner/test-file.ts';

/**
 * `node test/run.ts [paths or parts of paths…]` runs every `*.test.ts` below test/, each in a process of its own.
 * uvu's own command answers 0 when a hook throws, when `.run()` is forgotten or when no file matches; here all of these fail.
 */
const root = resolve(import.meta.dirname, '..');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

/** The heavy ones one after another in one lane, the quick ones beside them: those wait more than they compute. */
async function runAll(files: TestFile[], parallel: number, report: Report): Promise<void> {
  const heavy = files.filter((file) => file.heavy);
  const quick = files.filter((file) => !file.heavy);
  const lane = async (...queues: TestFile[][]) => {
    for (;;) {
      const file = queues.find((queue) => queue.length > 0)?.shift();
      if (!file || interrupted.signal.aborted) return;
      report.add(await runFile(root, file, interrupted.signal));
    }
  };
  const others = Array.from({ length: parallel - 1 }, () => lane(quick));
  await Promise.all([parallel > 1 ? lane(heavy, quick) : lane(quick, heavy), ...others]);
}

const parallel = Number(process.env.TEST_PARALLEL) || Math.max(1, availableParallelism());
const found = await findTestFiles(root, process.argv.slice(2));
const report = new Report((text) => process.stdout.write(text));
for (const argument of found.unmatched) report.complain(`no test file matches "${argument}"`);
if (found.files.length === 0 && found.unmatched.length === 0) report.complain('there are no test files');
await runAll(found.files, parallel, report);
if (interrupted.signal.aborted) report.complain('interrupted');
process.exitCode = report.close() ? 0 : 1;
