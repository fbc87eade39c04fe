import type { Browser, CDPSession, Page } from 'playwright-core';
import { openPage } from '../browser/chromium.ts';
import { type LoadedScript, LoadedScripts } from '../browser/loaded-scripts.ts';
import { watchLongTasks } from './long-tasks.ts';

/** With the gap between two; the heights that come of it are measured. */
const wantedTile = { width: 320, height: 180, gap: 10 };

export interface TilePictures {
  /** CSS pixels of each tile that shows somebody else's picture */
  heights: number[];
  /** lines of each picture */
  lines: number[];
  /** shown by all tiles together, those dropped left out; it grows */
  shown: number;
  dropped: number;
}

/** A person in Chromium who looks at many others. */
export class TilePage {
  readonly page: Page;
  /** To the page's own debugger. */
  readonly session: CDPSession;
  /** What was fetched until the meeting was there. */
  readonly scripts: readonly LoadedScript[];
  /** Everything the page itself got wrong. */
  readonly complaints: string[] = [];

  /** Enters by the link, as people do, the microphone on. */
  static async join(browser: Browser, link: string, camera: boolean): Promise<TilePage> {
    const page = await openPage(browser);
    const scripts = new LoadedScripts(page);
    await page.addInitScript(watchLongTasks);
    await page.goto(link);
    await page.getByRole('textbox', { name: 'Your name' }).fill('Viewer');
    if (!camera) await page.getByRole('button', { name: 'Turn camera off', exact: true }).click();
    await page.getByRole('button', { name: 'Join now', exact: true }).click();
    await page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
    await page.locator('.tile').first().waitFor();
    return new TilePage(page, await page.context().newCDPSession(page), await scripts.list());
  }

  private constructor(page: Page, session: CDPSession, scripts: readonly LoadedScript[]) {
    this.page = page;
    this.session = session;
    this.scripts = scripts;
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Makes the window as large as so many tiles of 180 lines need, whatever lies around the stage. */
  async fitWindow(tiles: number): Promise<void> {
    const columns = Math.ceil(Math.sqrt(tiles));
    const rows = Math.ceil(tiles / columns);
    const around = await this.page.evaluate(() => {
      const area = document.querySelector('.stage-area');
      return {
        width: innerWidth - (area?.clientWidth ?? 0),
        height: innerHeight - (area?.clientHeight ?? 0),
      };
    });
    const { width, height, gap } = wantedTile;
    await this.page.setViewportSize({
      width: around.width + columns * width + (columns - 1) * gap,
      height: around.height + rows * height + (rows - 1) * gap,
    });
  }

  /** How many others have a picture. Looks at no sizes: that would be layout. */
  playing(): Promise<number> {
    return this.page.evaluate(
      () => document.querySelectorAll('.tile:not([data-self]) video[data-playing]').length,
    );
  }

  pictures(): Promise<TilePictures> {
    return this.page.evaluate(() => {
      const tiles = [...document.querySelectorAll('.tile:not([data-self])')];
      const videos = tiles.flatMap(
        (tile) => tile.querySelector<HTMLVideoElement>('video[data-playing]') ?? [],
      );
      const quality = videos.map((video) => video.getVideoPlaybackQuality());
      return {
        heights: videos.map(({ clientHeight }) => clientHeight),
        lines: videos.map(({ videoHeight }) => videoHeight),
        shown: quality.reduce(
          (sum, { totalVideoFrames, droppedVideoFrames }) => sum + totalVideoFrames - droppedVideoFrames,
          0,
        ),
        dropped: quality.reduce((sum, { droppedVideoFrames }) => sum + droppedVideoFrames, 0),
      };
    });
  }

  /** ms each, since the last call */
  longTasks(): Promise<number[]> {
    return this.page.evaluate(() => globalThis.longTasks.splice(0));
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
