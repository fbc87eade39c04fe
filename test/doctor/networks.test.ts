import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type LabHost, NetworkLab } from '../support/network-lab.ts';
import { type PlenumProcess, startPlenumProcess } from '../support/plenum-process.ts';
import { type DoctorRun, readJson, runDoctor } from './run-doctor.ts';

/**
 * A server and several clients on one network, each behind a firewall of its own: what the doctor says is what the
 * firewall does. All look at the same time.
 */
const test = suite('doctor in networks');
const check = NetworkLab.possible ? test : test.skip;

const serverAddress = '192.168.81.1';
const firstMediaPort = 45_400;
const httpsPort = 8443;
const url = `https://${serverAddress}:${httpsPort}`;

/** What is dropped on the way out and in; all others pass. */
const firewalls = {
  open: [],
  'without-udp': ['meta l4proto udp drop'],
  'https-only': [`tcp dport != ${httpsPort} drop`, 'meta l4proto udp drop'],
  dark: ['meta l4proto { tcp, udp } drop'],
  'one-port': [`th dport ${firstMediaPort + 1} drop`],
} as const;
type Network = keyof typeof firewalls;
const networks = Object.keys(firewalls) as Network[];

let lab: NetworkLab;
let plenum: PlenumProcess | undefined;
const runs = new Map<Network, DoctorRun>();
const looks = new Map<Network, string>();

async function addClient(server: LabHost, name: Network, number: number): Promise<LabHost> {
  const client = await lab.host(name);
  await lab.link(
    { host: server, name: `to${number}` },
    { host: client, name: 'cable', address: `192.168.81.${10 + number}/24` },
  );
  await server.run('ip', 'link', 'set', `to${number}`, 'master', 'lan0');
  await client.run('ip', 'addr', 'add', `fd81::${10 + number}/64`, 'dev', 'cable', 'nodad');
  const rules = firewalls[name].map((rule) => `oifname cable ${rule};`).join('');
  await client.run(
    'nft',
    `table inet firewall { chain out { type filter hook output priority 0; policy accept; ${rules} }; }`,
  );
  return client;
}

if (NetworkLab.possible) {
  test.before(async () => {
    lab = new NetworkLab();
    const server = await lab.host('server');
    await server.run('ip', 'link', 'add', 'lan0', 'type', 'bridge');
    await server.run('ip', 'addr', 'add', `${serverAddress}/24`, 'dev', 'lan0');
    await server.run('ip', 'addr', 'add', 'fd81::1/64', 'dev', 'lan0', 'nodad');
    await server.run('ip', 'link', 'set', 'lan0', 'up');
    const clients: [Network, LabHost][] = [];
    for (const [index, name] of networks.entries())
      clients.push([name, await addClient(server, name, index)]);
    plenum = await startPlenumProcess(
      {
        PLENUM_HTTP_LISTEN_ADDRESS: '0.0.0.0',
        PLENUM_HTTP_PORT: String(httpsPort),
        PLENUM_MEDIA_LISTEN_ADDRESSES: '',
        PLENUM_MEDIA_FIRST_PORT: String(firstMediaPort),
        PLENUM_MEDIA_WORKERS: '2',
      },
      server,
    );
    await Promise.all(
      clients.map(async ([name, { command }]) => {
        runs.set(name, await runDoctor(['--url', url, '--insecure', '--json'], command));
        // Without any way the page itself does not come: there is no lobby.
        if (name !== 'dark') looks.set(name, await lookFrom(command));
      }),
    );
  });
  test.after(async () => {
    await plenum?.remove();
    await lab?.close();
  });
}

/** The lobby's short form, in a process on that host. */
async function lookFrom(command: LabHost['command']): Promise<string> {
  const script = resolve(import.meta.dirname, 'quick-look-process.ts');
  const [program = '', ...args] = command([process.execPath, script, url.replace('https', 'wss')]);
  const { stdout } = await promisify(execFile)(program, args, { timeout: 100_000 });
  return stdout.trim();
}

function seenFrom(network: Network): ReturnType<typeof readJson> & { code: number | null } {
  const run = runs.get(network);
  if (!run) throw new Error(`no run in ${network}`);
  return { code: run.code, ...readJson(run) };
}

check('an open network: everything that the server has', () => {
  const { code, verdict, line } = seenFrom('open');
  assert.is(code, 0);
  assert.equal([verdict.code, verdict.possible, verdict.way], ['good', true, 'udp']);
  const relays = ['turn-udp', 'turn-tcp', 'turn-tls'] as const;
  for (const id of [
    'certificate',
    'signalling',
    'udp',
    'tcp',
    ...relays,
    'ipv4',
    'ipv6',
    'media-ports',
  ] as const)
    assert.is(line(id).state, 'passed', `${id}: ${line(id).result}`);
  assert.equal(line('media-ports').facts.ports, [firstMediaPort, firstMediaPort + 1]);
  assert.ok((line('udp').facts.roundTripMs ?? 0) > 0);
  // A cable without a limit: half of what is tried comes through even on a starved machine.
  for (const id of ['bandwidth-up', 'bandwidth-down'] as const)
    assert.ok((line(id).facts.bitrate ?? 0) > 300_000, `${id}: ${line(id).result}`);
});

check('UDP blocked: TCP', () => {
  const { code, verdict, line } = seenFrom('without-udp');
  assert.is(code, 0);
  assert.equal([verdict.code, verdict.way], ['tcp', 'tcp']);
  assert.equal([line('udp').state, line('udp').reason], ['failed', 'no-answer']);
  assert.match(line('udp').advice, /UDP/);
  for (const id of ['tcp', 'ipv4', 'ipv6'] as const) assert.is(line(id).state, 'passed', id);
});

check('nothing but the HTTPS port: the relay on it', () => {
  const { code, verdict, line } = seenFrom('https-only');
  assert.is(line('signalling').state, 'passed');
  for (const id of ['udp', 'tcp', 'ipv4', 'ipv6'] as const)
    assert.equal([line(id).state, line(id).reason], ['failed', 'no-answer'], id);
  assert.equal([line('turn-udp').state, line('turn-udp').reason], ['failed', 'no-answer']);
  for (const id of ['turn-tcp', 'turn-tls'] as const) assert.is(line(id).state, 'passed', line(id).result);
  assert.equal([code, verdict.code, verdict.possible], [0, 'relay-tcp', true]);
  assert.ok((line('bandwidth-up').facts.bitrate ?? 0) > 300_000, line('bandwidth-up').result);
  assert.equal([line('media-ports').state, line('media-ports').reason], ['untested', 'not-reached']);
});

check('nothing at all', () => {
  const { code, verdict, line } = seenFrom('dark');
  assert.equal([line('certificate').state, line('certificate').reason], ['failed', 'no-answer']);
  assert.equal([code, verdict.code, verdict.possible], [1, 'no-signalling', false]);
});

check("a closed port of one of the server's workers", () => {
  const { code, verdict, line } = seenFrom('one-port');
  assert.equal([code, verdict.code], [0, 'good']);
  assert.equal([line('media-ports').state, line('media-ports').reason], ['failed', 'some-ports']);
  assert.equal(line('media-ports').facts.ports, [firstMediaPort + 1]);
});

check("the lobby's short form says the same", () => {
  assert.is(looks.size, networks.length - 1);
  for (const [network, code] of looks) assert.is(code, seenFrom(network).verdict.code, network);
});

test.run();
