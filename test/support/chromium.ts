import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type Browser, chromium, type Page } from 'playwright-core';
import { quietSwitches } from '../../bench/browser/chromium.ts';
import type { LabHost } from './network-lab.ts';
import { tempDir } from './temp-dir.ts';

export interface ChromiumOptions {
  /** Y4M file shown by the fake camera instead of the usual pattern, the same for all pages of this browser. */
  camera?: string;
  /** WAV file heard by the fake microphone instead of the usual beep. */
  microphone?: string;
  framesPerSecond?: number;
  /** Runs it on this host of a network lab. */
  host?: LabHost;
  /** Further command line switches. */
  switches?: string[];
  /** Without the fake devices' automatic consent: pages are asked, and playwright's permissions decide. */
  askForDevices?: boolean;
}

export interface PageOptions {
  locale?: string;
  size?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  /** Lets axe be injected into pages with a strict content security policy. */
  bypassCsp?: boolean;
}

/** Chromium without a window, with an empty profile and fake devices. Close it in an `after` hook. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const device = `--use-fake-device-for-media-stream=fps=${options.framesPerSecond ?? 15}`;
  const paths = ['/usr/bin/chromium', '/usr/bin/google-chrome'];
  const program = findProgram('PLENUM_TEST_CHROMIUM', paths, 'chromium');
  return chromium.launch({
    executablePath: options.host ? await programOn(options.host, program) : program,
    headless: true,
    args: [
      ...quietSwitches,
      device,
      ...(options.askForDevices ? [] : ['--use-fake-ui-for-media-stream']),
      ...(options.camera ? [`--use-file-for-fake-video-capture=${options.camera}`] : []),
      ...(options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : []),
      ...(options.switches ?? []),
    ],
  });
}

/** `count` pages that know nothing of each other: each in a context (cookies, storage) of its own. */
export async function openPages(browser: Browser, count: number, options: PageOptions = {}): Promise<Page[]> {
  const open = async () => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: options.locale ?? 'en-GB',
      viewport: options.size ?? { width: 1280, height: 800 },
      bypassCSP: options.bypassCsp ?? false,
      ...(options.colorScheme && { colorScheme: options.colorScheme }),
    });
    return context.newPage();
  };
  return Promise.all(Array.from({ length: count }, open));
}

/** Playwright starts a program by its path, so the way into the namespace is a script. It speaks to it through pipes. */
async function programOn(host: LabHost, program: string): Promise<string> {
  const directory = await tempDir();
  const script = join(directory.path, 'chromium');
  await writeFile(script, `#!/bin/sh\nexec ${host.command([program]).join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}

/** @throws Error that says what to install */
export function findProgram(variable: string, paths: string[], debianPackage: string): string {
  const named = process.env[variable];
  const found = named ?? paths.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `${debianPackage} is missing: sudo apt-get install ${debianPackage}, or set ${variable} to its path`,
    );
  }
  return found;
}
