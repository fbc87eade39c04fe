import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readWorkerRecord } from '../../src/native/worker-record.ts';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { startPlenumProcess } from '../support/plenum-process.ts';

const test = suite('SRTP suites');

declare global {
  var connections: RTCPeerConnection[];
}

/** Names as browsers report them (RTCTransportStats.srtpCipher). */
async function ciphersOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const reports = await Promise.all(globalThis.connections.map((connection) => connection.getStats()));
    const ciphers = reports.flatMap((report) =>
      [...report.values()].flatMap((entry) => (entry.type === 'transport' ? [String(entry.srtpCipher)] : [])),
    );
    return [...new Set(ciphers)];
  });
}

function collectConnections(): void {
  globalThis.connections = [];
  const Original = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      globalThis.connections.push(this);
    }
  };
}

const restricted = { PLENUM_MEDIA_SRTP_SUITES: '[SRTP_AES128_CM_SHA1_80]' };

test('media uses only what the configuration allows', async () => {
  if ((await readWorkerRecord()).origin === 'prebuilt') {
    // The official worker cannot be told: then the server must not start, rather than use more than is allowed.
    await startPlenumProcess(restricted).then(
      () => assert.unreachable('started'),
      (error: unknown) => assert.match(String(error), /cannot be restricted/),
    );
    return;
  }
  const plenum = await startPlenumProcess(restricted);
  const browser = await launchChromium();
  try {
    const people = [await MeetingPage.open(browser, 'Ada'), await MeetingPage.open(browser, 'Bob')] as const;
    for (const { page } of people) await page.addInitScript(collectConnections);
    const { invitation } = await people[0].startMeeting(plenum.url, 'Council');
    await people[1].followLink(invitation);
    await MeetingPage.untilAllFlow(people);
    // Chromium's name for it has changed with its version.
    for (const { page } of people)
      assert.match(String(await ciphersOf(page)), /^(SRTP_AES128_CM|AES_CM_128)_HMAC_SHA1_80$/);
  } finally {
    await browser.close();
    await plenum.remove();
  }
});

test.run();
