import type { Browser, Page } from 'playwright-core';
import { type BlankPage, serveBlankPage } from '../../bench/browser/blank-page.ts';
import type { Meeting, MeetingStats } from '../../src/client/index.ts';
import { openPages } from '../support/chromium.ts';
import { sdkBundle } from './sdk-bundle.ts';

/** What the pages' scripts leave in their globals. */
declare global {
  var sdk: {
    joinMeeting: typeof import('../../src/client/index.ts').joinMeeting;
    call: (url: string, token: string, stage: HTMLElement) => Promise<Meeting>;
  };
  var meeting: Meeting;
}

/** Pages of a real browser with the SDK and nothing else. */
export class SdkPages {
  readonly #code: string;
  readonly #blank: BlankPage;

  static async prepare(): Promise<SdkPages> {
    const [code, blank] = await Promise.all([sdkBundle(), serveBlankPage()]);
    return new SdkPages(code, blank);
  }

  private constructor(code: string, blank: BlankPage) {
    this.#code = code;
    this.#blank = blank;
  }

  /** For the server's allowed origins. */
  get origin(): string {
    return new URL(this.#blank.url).origin;
  }

  async open(browser: Browser, count: number): Promise<Page[]> {
    const opened = await openPages(browser, count);
    await Promise.all(
      opened.map(async (page) => {
        await page.goto(this.#blank.url);
        await page.addScriptTag({ type: 'module', content: this.#code });
        await page.waitForFunction(() => 'sdk' in globalThis);
      }),
    );
    return opened;
  }

  close(): Promise<void> {
    return this.#blank.close();
  }
}

/** Joins and plays everything it gets. */
export async function watch(page: Page, url: string): Promise<void> {
  await page.evaluate(async (address) => {
    globalThis.meeting = await sdk.joinMeeting({
      url: address,
      token: 'viewer@room',
      displayName: 'Viewer',
      autoSubscribe: 'all',
    });
    meeting.on('track', ({ track }) => {
      const player = document.createElement('video');
      player.muted = true;
      player.autoplay = true;
      player.srcObject = new MediaStream([track]);
      document.body.append(player);
    });
  }, url);
}

export async function enter(page: Page, url: string): Promise<void> {
  await page.evaluate(async (address) => {
    globalThis.meeting = await sdk.joinMeeting({
      url: address,
      token: 'participant@room',
      displayName: 'Ada',
    });
  }, url);
}

/** Or takes another camera on the same sender. */
export async function publishCamera(page: Page, width: number, height: number): Promise<void> {
  await page.evaluate(
    async ([w, h]) => {
      const video = { width: w ?? 0, height: h ?? 0, frameRate: 15 };
      const [track] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks();
      if (!track) throw new Error('no camera');
      const known = meeting.publications.get('camera');
      if (known) await known.replaceTrack(track);
      else await meeting.publish('camera', track);
    },
    [width, height],
  );
}

export function stats(page: Page): Promise<MeetingStats> {
  return page.evaluate(() => meeting.stats());
}
