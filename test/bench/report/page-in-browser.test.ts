import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare } from '../../../bench/report/comparison.ts';
import { comparisonPage } from '../../../bench/report/comparison-page.ts';
import { resultPage } from '../../../bench/report/result-page.ts';
import { launchChromium, openPages } from '../../support/chromium.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';
import { entry, measured, sampleResult } from './sample-result.ts';

/** The pages as people open them: from the disk, in light and dark. */
const test = suite('bench pages in a browser');

let directory: TempDir;
let browser: Browser;
test.before(async () => {
  directory = await tempDir();
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await directory?.remove();
});

const steps = [
  '4 join',
  'settling',
  'measuring four',
  '8 join',
  'settling',
  'measuring eight',
  'half of them leave',
];
const manySteps = sampleResult({
  verdict: { state: 'harness-limited', reasons: ['packets left late'], remarks: ['the machine was busy'] },
  clients: { planned: 4, ready: 3, failed: [{ index: 1, reason: '<script>alert(1)</script>' }] },
  timeline: Array.from({ length: 90 }, (_, index) => ({
    ...entry(index + 1),
    step: steps[Math.floor(index / 4) % steps.length] ?? '',
  })),
});
const changed = sampleResult({ measured: measured(2000, 50) });
const pages = {
  result: resultPage(manySteps),
  comparison: comparisonPage(
    compare([
      { name: 'a.json', files: [{ file: 'a.json', result: manySteps }] },
      { name: 'b.json', files: [{ file: 'b.json', result: changed }] },
    ]),
  ),
};

for (const [name, html] of Object.entries(pages)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}: nothing is asked for, everybody can read it, no labels overlap`, async () => {
      const file = join(directory.path, `${name}.html`);
      await writeFile(file, html);
      const [page] = await openPages(browser, 1, { colorScheme, bypassCsp: true });
      assert.ok(page);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => asked.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      assert.equal(asked, [pathToFileURL(file).href]);
      const overlaps = await page.evaluate(() =>
        [...document.querySelectorAll('svg')].flatMap((svg) => {
          const paper = svg.getBoundingClientRect();
          const boxes = [...svg.querySelectorAll('text')].map((text) => ({
            text: text.textContent,
            box: text.getBoundingClientRect(),
          }));
          const clipped = boxes.filter(({ box }) => box.left < paper.left || box.right > paper.right);
          const pairs = boxes.flatMap((one, index) =>
            boxes
              .slice(index + 1)
              .filter(
                ({ box }) =>
                  box.left < one.box.right &&
                  one.box.left < box.right &&
                  // Lines may touch: a box is higher than its letters.
                  box.top + 3 < one.box.bottom &&
                  one.box.top + 3 < box.bottom,
              )
              .map((other) => `${one.text} / ${other.text}`),
          );
          return [...clipped.map(({ text }) => `clipped: ${text}`), ...pairs];
        }),
      );
      assert.equal(overlaps, []);
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      assert.equal(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: node }) => node).join('; ')}`),
        [],
      );
      await page.context().close();
    });
  }
}

test.run();
