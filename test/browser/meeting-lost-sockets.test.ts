// time limit: 150 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Line } from '../client/line.ts';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type MeetingLinks, type Plenum, startPlenum } from '../support/plenum.ts';
import { RawClient } from '../support/raw-client.ts';
import { SignallingRecord } from '../support/signalling-record.ts';
import { until } from '../support/until.ts';

/** Only the signalling connection breaks: media does not stop, and what was missed comes once and in order. */
const test = suite('lost sockets');

let plenum: Plenum;
let browser: Browser;
let line: Line;
let links: MeetingLinks;
let ada: MeetingPage;
let bob: MeetingPage;
let record: SignallingRecord;

test.before(async () => {
  browser = await launchChromium();
});
test.before.each(async () => {
  // Longer than any of this takes on a busy machine.
  plenum = await startPlenum({ signalling: { resumeGraceMs: 120_000 } });
  line = await Line.to(plenum.loopbackUrl);
  links = await plenum.createMeeting();
  ada = await MeetingPage.open(browser, 'Ada');
  bob = await MeetingPage.open(browser, 'Bob');
  record = new SignallingRecord(ada.page);
});
test.after.each(async () => {
  await Promise.all([ada.close(), bob.close()]);
  line.close();
  await plenum.close();
  assert.equal([...ada.complaints, ...bob.complaints], []);
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error'),
    [],
  );
});
test.after(async () => {
  await browser?.close();
});

/** Through the line, which can be cut; its page has the same address for everything else. */
const overLine = (path: string) => `http://${new URL(line.url).host}${path}`;

async function joinRaw(name: string): Promise<RawClient> {
  const client = await RawClient.open(`${plenum.loopbackUrl.replace('http', 'ws')}/signal`);
  const token = links.invitationPath.split('#')[1] ?? '';
  await client.get('join', { token, displayName: name });
  return client;
}

test('a line that is down for a while', async () => {
  const cleo = await joinRaw('Cleo');
  await ada.followLink(overLine(links.invitationPath));
  await bob.followLink(plenum.url + links.invitationPath);
  await MeetingPage.untilAllFlow([ada, bob]);
  const before = await ada.connections();
  line.down();
  await until('Ada is told', () => ada.reconnecting());
  // Media goes its own way: both go on seeing and hearing each other all the time.
  const [atAda, atBob] = await Promise.all([ada.media.growth(3000), bob.media.growth(3000)]);
  for (const growth of [atAda['Bob'], atBob['Ada']])
    assert.ok((growth?.frames ?? 0) > 10 && (growth?.energy ?? 0) > 0, JSON.stringify({ atAda, atBob }));

  const told = record.news.length;
  await cleo.get('leave', {});
  const dora = await joinRaw('Dora');
  await bob.press('Mute');
  await until('Bob is muted', () => bob.page.getByRole('button', { name: 'Unmute' }).count());
  const emil = await joinRaw('Emil');
  await emil.get('leave', {});
  await ada.media.untilOnlyStopped({ Bob: 'energy' });
  assert.ok(await ada.reconnecting());

  line.up();
  await until('Ada is back', async () => (await ada.reconnecting()) === 0);
  await ada.page.getByText('You are connected again.').waitFor();
  await until('she knows it all', () => record.news.length >= told + 5);
  assert.equal(record.news.slice(told), [
    'Cleo left',
    'Dora joined',
    'Bob pauses',
    'Emil joined',
    'Emil left',
  ]);
  const { sequences } = record;
  assert.equal(
    sequences,
    sequences.map((_, index) => index + 1),
    'every frame once, none missing',
  );
  assert.ok(record.resumptions >= 1);
  await ada.press('Participants');
  const people = await ada.page.getByRole('complementary').getByRole('listitem').allTextContents();
  assert.is(people.length, 3);
  assert.ok(
    people.some((text) => /Bob.*muted/.test(text)),
    people.join(),
  );
  assert.ok(
    people.some((text) => text.includes('Dora')),
    people.join(),
  );

  await bob.press('Unmute');
  await MeetingPage.untilAllFlow([ada, bob]);
  assert.equal(await ada.connections(), before, 'the same media connections as before');
  assert.not(record.news.some((text) => text.endsWith('lost')));
  dora.socket.close();
});

test('all sockets at once, again and again', async () => {
  const others = new SignallingRecord(bob.page);
  await Promise.all([ada, bob].map((person) => person.followLink(overLine(links.invitationPath))));
  await MeetingPage.untilAllFlow([ada, bob]);
  const before = [await ada.connections(), await bob.connections()];
  for (let round = 1; round <= 3; round += 1) {
    const watched = Promise.all([ada.media.growth(2500), bob.media.growth(2500)]);
    line.cut();
    for (const growth of (await watched).flatMap((its) => Object.values(its)))
      assert.ok(
        (growth.frames ?? 0) > 10 && (growth.energy ?? 0) > 0,
        `round ${round}: ${JSON.stringify(growth)}`,
      );
    await until('both have resumed', () => record.resumptions >= round && others.resumptions >= round);
  }
  assert.equal([await ada.connections(), await bob.connections()], before);
  for (const { news, sequences } of [record, others]) {
    assert.not(news.some((text) => text.endsWith('lost') || text.endsWith('left')));
    assert.equal(
      sequences,
      sequences.map((_, index) => index + 1),
    );
  }
});

test.run();
