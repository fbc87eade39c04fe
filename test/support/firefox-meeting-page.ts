import type { Browser, Page } from 'puppeteer-core';
import { openFirefoxPages } from './firefox.ts';
import { MeetingMedia } from './meeting-media.ts';
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
    await this.page.locator('::-p-aria([name="Your name"][role="textbox"])').fill(this.name);
    await this.press('Join now');
    await this.#button('Leave').wait();
  }

  async press(button: string): Promise<void> {
    await this.#button(button).click();
  }

  #button(name: string) {
    return this.page.locator(`::-p-aria([name="${name}"][role="button"])`);
  }
}
