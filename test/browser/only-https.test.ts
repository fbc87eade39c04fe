// heavy
// time limit: 180 s
// network: own
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findProgram, launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { NetworkLab } from '../support/network-lab.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** A browser on another host, behind a firewall that lets out TCP to the HTTPS port and nothing else. */
const test = suite('a network that lets only HTTPS out');
// In a network of its own somebody who is not root is called root, and may not make another one.
const isRoot = readFileSync('/proc/self/uid_map', 'utf8').trim().endsWith(' 4294967295');
const possible = NetworkLab.possible && isRoot;
const check = possible ? test : test.skip;
const execute = promisify(execFile);
const chromiumVariable = 'PLENUM_TEST_CHROMIUM';
const server = '10.78.0.1';

let lab: NetworkLab | undefined;
let plenum: Plenum | undefined;
let browser: Browser | undefined;
let scripts: TempDir | undefined;
const given = process.env[chromiumVariable];

/** The program runs on the lab's host; the pipe to it needs no network. */
async function browserOn(command: string[], directory: string): Promise<Browser> {
  const real = findProgram(chromiumVariable, ['/usr/bin/chromium', '/usr/bin/google-chrome'], 'chromium');
  const script = join(directory, 'chromium');
  await writeFile(script, `#!/bin/sh\nexec ${command.join(' ')} '${real}' "$@"\n`);
  await chmod(script, 0o755);
  process.env[chromiumVariable] = script;
  return launchChromium();
}

test.before(async () => {
  if (!possible) return;
  lab = new NetworkLab();
  scripts = await tempDir();
  const client = await lab.host('https');
  const here = ['link', 'add', 'pl-office', 'type', 'veth'];
  await execute('ip', [...here, 'peer', 'name', 'office', 'netns', client.namespace]);
  // An IPv6 address that becomes valid after a second is a changed network to a browser: it ends what it is loading.
  await execute('ip', ['link', 'set', 'pl-office', 'addrgenmode', 'none']);
  await client.run('ip', 'link', 'set', 'office', 'addrgenmode', 'none');
  await execute('ip', ['addr', 'add', `${server}/24`, 'dev', 'pl-office']);
  await execute('ip', ['link', 'set', 'pl-office', 'up']);
  await client.run('ip', 'addr', 'add', '10.78.0.2/24', 'dev', 'office');
  await client.run('ip', 'link', 'set', 'office', 'up');
  await client.run('ip', 'route', 'add', 'default', 'via', server);
  plenum = await startPlenum({ http: { listenAddress: server }, media: { listenAddresses: [server] } });
  const rules = [
    'table inet office {',
    '  chain input {',
    '    type filter hook input priority 0; policy accept;',
    `    iifname "pl-office" meta l4proto { udp, icmp } drop`,
    `    iifname "pl-office" tcp dport != ${plenum.server.http.securePort} drop`,
    '  }',
    '}',
  ];
  const file = join(scripts.path, 'rules.nft');
  await writeFile(file, rules.join('\n'));
  await execute('nft', ['-f', file]);
  browser = await browserOn(client.command([]), scripts.path);
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
  await lab?.close();
  await scripts?.remove();
  if (given === undefined) delete process.env[chromiumVariable];
  else process.env[chromiumVariable] = given;
});

check(
  'two people in the web client see and hear each other by themselves, certificate trusted or not',
  async () => {
    if (!browser || !plenum) throw new Error('not started');
    const url = `https://${server}:${plenum.server.http.securePort}`;
    const people = await Promise.all(
      ['Ada', 'Bob'].map((name) => MeetingPage.open(browser as Browser, name)),
    );
    const [ada, bob] = people;
    const links = await ada?.startMeeting(url, 'Office');
    await bob?.followLink(links?.invitation ?? '');
    await MeetingPage.untilAllFlow(people, 60_000);
    const counters = () => plenum?.server.turn?.stats();
    // Nobody trusts this certificate, so it is TURN without TLS on the HTTPS port.
    await until('packets have come through it', () => (counters()?.packetsOut.tcp ?? 0) > 100);
    assert.is(counters()?.packetsOut.udp, 0);
    for (const { complaints } of people) assert.equal(complaints, []);
  },
);

test.run();
