import type { Browser, Page } from 'playwright-core';
import { openPage } from '../browser/chromium.ts';
import { type PageSample, type ProbeOrder, probePage } from './page-probe.ts';

/** A person in Chromium with the web client, watched from inside. */
export class BenchPage {
  readonly name: string;
  /** Everything the page itself got wrong. */
  readonly complaints: string[] = [];
  readonly #page: Page;

  /** Enters by the link, as people do. @throws Error when the page does not get that far */
  static async join(
    browser: Browser,
    person: { name: string; link: string; speakerView: boolean },
    probe: ProbeOrder,
  ): Promise<BenchPage> {
    const page = await openPage(browser);
    const bench = new BenchPage(page, person.name);
    await page.addInitScript(probePage, probe);
    await page.goto(person.link);
    await page.getByRole('textbox', { name: 'Your name' }).fill(person.name);
    await page.getByRole('button', { name: 'Join now', exact: true }).click();
    await page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
    if (person.speakerView) await page.getByRole('button', { name: 'Speaker view', exact: true }).click();
    return bench;
  }

  private constructor(page: Page, name: string) {
    this.#page = page;
    this.name = name;
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Everything since the last call. */
  samples(): Promise<PageSample[]> {
    return this.#page.evaluate(() => globalThis.pageProbe.take());
  }

  /** Shows this person large, and the others small beside it. */
  pin(name: string): Promise<void> {
    return this.#page.getByRole('button', { name: `Show ${name} large`, exact: true }).click();
  }

  close(): Promise<void> {
    return this.#page.context().close();
  }
}
