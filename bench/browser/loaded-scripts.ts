import { gzipSync } from 'node:zlib';
import type { Page, Response } from 'playwright-core';

export interface LoadedScript {
  /** file name */
  name: string;
  octets: number;
  gzipped: number;
}

/** Writes down every script a page fetches from now on. */
export class LoadedScripts {
  readonly #responses: Response[] = [];

  constructor(page: Page) {
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') this.#responses.push(response);
    });
  }

  /** What has been fetched so far; each script once, the largest first. */
  async list(): Promise<LoadedScript[]> {
    const byName = new Map<string, LoadedScript>();
    for (const response of [...this.#responses]) {
      const body = await response.body();
      const name = new URL(response.url()).pathname.split('/').at(-1) ?? '';
      byName.set(name, { name, octets: body.length, gzipped: gzipSync(body).length });
    }
    return [...byName.values()].sort((a, b) => b.gzipped - a.gzipped);
  }
}
