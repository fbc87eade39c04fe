import type { Browser, Page } from 'playwright-core';
import { openPages } from './chromium.ts';
import { MeetingMedia } from './meeting-media.ts';
import { watchMedia } from './watch-media.ts';

/** A person in Chromium who uses the web client with what it offers to everybody: fields and buttons by their names. */
export class MeetingPage {
  readonly page: Page;
  readonly name: string;
  readonly media: MeetingMedia;
  /** Everything the page itself got wrong. */
  readonly complaints: string[] = [];

  /** @param scripts run in the page before its own, beside what watches media */
  static async open(
    browser: Browser,
    name: string,
    scripts: readonly (() => void)[] = [],
  ): Promise<MeetingPage> {
    const [page] = await openPages(browser, 1, {
      size: { width: 1000, height: 700 },
      bypassCsp: scripts.length > 0,
    });
    if (!page) throw new Error('no page');
    for (const script of [watchMedia, ...scripts]) await page.addInitScript(script);
    return new MeetingPage(page, name);
  }

  /** These people in one meeting: the first starts it, the second follows the invitation, the third types the code. */
  static async meet(
    browser: Browser,
    serverUrl: string,
    names: readonly string[],
    scripts: readonly (() => void)[] = [],
  ): Promise<MeetingPage[]> {
    const people = await Promise.all(names.map((name) => MeetingPage.open(browser, name, scripts)));
    const [host, ...guests] = people;
    const links = await host?.startMeeting(serverUrl, 'Council');
    const enter = (guest: MeetingPage, index: number) =>
      index % 2 === 0
        ? guest.followLink(links?.invitation ?? '')
        : guest.typeCode(serverUrl, links?.code ?? '');
    await Promise.all(guests.map(enter));
    await MeetingPage.untilAllFlow(people);
    return people;
  }

  /** Everybody sees and hears everybody. @returns ms until the last one did */
  static async untilAllFlow(people: readonly MeetingPage[], timeoutMs?: number): Promise<number> {
    const names = people.map(({ name }) => name);
    const waited = people.map(({ media, name }) =>
      media.untilFlows(
        names.filter((other) => other !== name),
        timeoutMs,
      ),
    );
    return Math.max(...(await Promise.all(waited)));
  }

  private constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
    this.media = new MeetingMedia(name, () => page.evaluate(() => globalThis.mediaWatch.received()));
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** From the start page to the meeting. @returns what the start page shows for the others */
  async startMeeting(serverUrl: string, title: string): Promise<{ invitation: string; code: string }> {
    await this.page.goto(serverUrl);
    await this.page.getByRole('textbox', { name: 'Name of the meeting' }).fill(title);
    await this.press('Create meeting');
    const field = (name: string) => this.page.getByRole('textbox', { name, exact: true }).inputValue();
    const invitation = await field('Invitation for the others');
    const code = await field('Code for typing in');
    await this.press('Enter the meeting');
    await this.#join();
    return { invitation, code };
  }

  async followLink(link: string): Promise<void> {
    await this.page.goto(link);
    await this.#join();
  }

  async typeCode(serverUrl: string, code: string): Promise<void> {
    await this.page.goto(serverUrl);
    await this.page.getByRole('textbox', { name: 'Link or code' }).fill(code);
    await this.press('Continue');
    await this.#join();
  }

  press(button: string): Promise<void> {
    return this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** One of the controls: a message may offer the same. */
  control(name: string): Promise<void> {
    const controls = this.page.getByRole('region', { name: 'Controls' });
    return controls.getByRole('button', { name, exact: true }).click();
  }

  /** Nothing goes directly to others any more. */
  async hideAddress(): Promise<void> {
    await this.control('More');
    await this.page.locator('.menu-item:has-text("Data use")').click();
    await this.page.getByRole('switch', { name: 'Hide my address' }).check();
  }

  /** A moderator is asked whether the meeting should end for everybody. */
  async leave(isModerator = false): Promise<void> {
    await this.press('Leave');
    if (isModerator) await this.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await this.page.getByRole('heading', { name: 'You have left the meeting' }).waitFor();
  }

  reconnecting(): Promise<number> {
    return this.page.getByText('Connection lost. Reconnecting').count();
  }

  connections(): Promise<{ made: number; open: number }> {
    return this.page.evaluate(() => globalThis.mediaWatch.connections());
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async #join(): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name);
    await this.press('Join now');
    try {
      await this.page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
    } catch (error) {
      const shown = await this.page.locator('body').innerText();
      throw new Error(`${this.name} did not get in, and saw: ${shown}`, { cause: error });
    }
  }
}
