import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { openFirefoxPages } from './firefox.ts';
import { MeetingMedia } from './meeting-media.ts';
import { until } from './until.ts';
import { watchMedia } from './watch-media.ts';

/** A person in Firefox who uses the web client by the names of its fields and buttons. */
export class FirefoxMeetingPage {
  readonly page: Page;
  readonly name: string;
  readonly media: MeetingMedia;
  readonly complaints: string[] = [];

  static async open(browser: Browser, name: string): Promise<FirefoxMeetingPage> {
    const [page] = await openFirefoxPages(browser, 1);
    if (!page) throw new Error('no page');
    await page.evaluateOnNewDocument(watchMedia);
    return new FirefoxMeetingPage(page, name);
  }

  private constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
    this.media = new MeetingMedia(name, () => page.evaluate(() => globalThis.mediaWatch.received()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  async followLink(link: string): Promise<void> {
    await this.page.goto(link);
    const field = await this.#find('textbox', 'Your name');
    await field.type(this.name);
    await this.press('Join now');
    await this.#find('button', 'Leave');
  }

  async press(button: string): Promise<void> {
    const found = await this.#find('button', button);
    await found.click();
  }

  /** puppeteer's own waiting evaluates text inside the page, which the content security policy forbids in some versions of Firefox. */
  #find(role: 'button' | 'textbox', name: string): Promise<ElementHandle> {
    return until(`${role} "${name}"`, () => this.page.$(`::-p-aria([name="${name}"][role="${role}"])`), {
      timeoutMs: 30_000,
    });
  }
}
