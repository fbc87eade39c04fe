import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

/** No window, nobody asked, no traffic of its own, media between pages of this machine. */
export const quietSwitches: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
];

/**
 * Chromium without a window, with an empty profile and fake devices.
 * @param microphone WAV file that the fake microphone hears; default: a beep
 * @throws Error that says what to install
 */
export async function launchChromium(microphone?: string): Promise<Browser> {
  const executablePath = process.env['PLENUM_TEST_CHROMIUM'] ?? places.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'chromium is missing: sudo apt-get install chromium, or set PLENUM_TEST_CHROMIUM to its path',
    );
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...quietSwitches,
      `--use-fake-device-for-media-stream=fps=${fakeCameraFps}`,
      '--use-fake-ui-for-media-stream',
      ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`]),
    ],
  });
}

export const fakeCameraFps = 15;

/** A page that knows nothing of others: in a context (cookies, storage) of its own, in English. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  return context.newPage();
}
