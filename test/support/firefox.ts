import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findProgram } from './chromium.ts';

/**
 * Firefox without a window, over WebDriver BiDi, with fake devices. It never offers 127.0.0.1 for media, so a file
 * that uses it says `// network: own` in its first lines.
 */
export async function launchFirefox(preferences: Record<string, unknown> = {}): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: findProgram(
      'PLENUM_TEST_FIREFOX',
      ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
      'firefox-esr',
    ),
    headless: true,
    acceptInsecureCerts: true,
    timeout: 60_000,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      ...preferences,
    },
  });
}

/** `count` pages with cookies and storage of their own. */
export async function openFirefoxPages(browser: Browser, count: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let opened = 0; opened < count; opened += 1) {
    const context = await browser.createBrowserContext();
    pages.push(await context.newPage());
  }
  return pages;
}
