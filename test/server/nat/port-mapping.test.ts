// network: own
import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import type { MappingProtocol, PortToMap } from '../../../src/server/nat/port-mapping/gateway.ts';
import { PortMapping } from '../../../src/server/nat/port-mapping/port-mapping.ts';
import { natSettings } from '../../../src/server/nat/settings.ts';
import { until } from '../../support/until.ts';
import {
  description,
  FakeRouter,
  type FakeRouterParts,
  natPmp,
  pcp,
  ssdpAnswer,
  upnpPages,
} from './fake-router.ts';

/** Against a router that says what it likes. Real ones: test/integration/home-router.test.ts. */
const test = suite('port mapping');

const ports: PortToMap[] = [
  { protocol: 'tcp', port: 8443, purpose: 'https' },
  { protocol: 'udp', port: 44_400, purpose: 'media' },
];
const outer = '198.51.100.7';
const epoch = () => Math.floor(Date.now() / 1000) % 100_000;
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields: object, message: string) => console.log(message, fields),
  child: () => log,
};

async function withRouter(
  parts: FakeRouterParts,
  use: (mapping: PortMapping, router: FakeRouter) => Promise<void>,
  protocols: MappingProtocol[] = ['pcp', 'nat-pmp', 'upnp'],
  clock: Clock = systemClock,
): Promise<void> {
  const router = await FakeRouter.start(parts);
  const mapping = new PortMapping({
    settings: natSettings.parse({ portMapping: { protocols }, checkIntervalSeconds: 1 }),
    ports: () => ports,
    hasAnnouncedAddresses: false,
    gateway: async () => ({ address: FakeRouter.address, localAddress: '127.0.0.1' }),
    key: randomBytes(32),
    clock,
    log,
  });
  try {
    await mapping.start();
    await use(mapping, router);
  } finally {
    await mapping.close();
    await router.close();
  }
}

/** A router that speaks only this. */
const speaking: Record<string, FakeRouterParts> = {
  pcp: { datagram: pcp(() => outer, epoch) },
  'nat-pmp': { datagram: natPmp(() => outer, epoch) },
  upnp: { page: upnpPages(() => outer) },
};

for (const [protocol, parts] of Object.entries(speaking)) {
  test(`a router that speaks only ${protocol}: found among all, and cleaned at the end`, async () => {
    let calls: string[] = [];
    await withRouter(parts, async (mapping, router) => {
      const { state, mapped, refused } = mapping;
      assert.is(state.name === 'mapped' && state.protocol, protocol, JSON.stringify(state));
      assert.is(state.name === 'mapped' && state.externalAddress, outer);
      assert.equal(
        mapped.map(({ port, externalPort }) => [port.port, externalPort]),
        [
          [8443, 8443],
          [44_400, 44_400],
        ],
      );
      assert.equal(refused, []);
      calls = router.calls;
      calls.splice(0);
    });
    const removals = { pcp: 'PCP 1', 'nat-pmp': /NAT-PMP [12]/, upnp: 'DeletePortMapping' }[protocol] ?? '';
    assert.is(
      calls.filter((call) => (typeof removals === 'string' ? call === removals : removals.test(call))).length,
      2,
    );
  });
}

const endless = (response: {
  write(chunk: Buffer): boolean;
  destroyed: boolean;
  once(event: string, go: () => void): unknown;
}) => {
  const chunk = Buffer.alloc(64 * 1024, '<a>');
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pour);
  };
  pour();
};

/** What it does, and what is said about it. */
const unhelpful: Record<string, { parts: FakeRouterParts; says: RegExp }> = {
  'does nothing at all': {
    parts: {},
    says: /PCP: nothing on the router listens.*NAT-PMP: .*UPnP: the router does not answer/,
  },
  'never answers': {
    parts: { datagram: () => undefined },
    says: /PCP: the router does not answer; NAT-PMP: the router does not answer/,
  },
  'answers garbage': {
    parts: {
      datagram: () => [randomBytes(3), randomBytes(60), Buffer.alloc(0)],
      page: (_, response) => void response.end(randomBytes(500)),
    },
    says: /PCP: the router answers what makes no sense; NAT-PMP: the router answers what makes no sense; UPnP: .*(no XML|maps no ports)/,
  },
  refuses: {
    parts: {
      datagram: (request) => {
        const answer = Buffer.from(request);
        if (request[0] === 2) {
          answer[1] = 0x81;
          answer[3] = 2;
          return answer;
        }
        return Buffer.from([0, 128 + (request[1] ?? 0), 0, 2, 0, 0, 0, 9, 0, 0, 0, 0]);
      },
      page: upnpPages(
        () => outer,
        (action) => (action === 'GetExternalIPAddress' ? undefined : 606),
      ),
    },
    says: /PCP: the router refuses: not authorized.*NAT-PMP: the router refuses: not authorized.*UPnP: the router refuses: error 606, because/,
  },
  'answers gigabytes': {
    parts: { page: (_, response) => endless(response) },
    says: /UPnP: the router answers more than 256 kB/,
  },
  'answers a word a second': {
    parts: {
      page: (_, response) => {
        const timer = setInterval(() => response.write('<a>'), 1000);
        response.on('close', () => clearInterval(timer));
      },
    },
    says: /UPnP: the router took longer than 3 s/,
  },
  'redirects elsewhere': {
    parts: { page: (_, response) => void response.writeHead(302, { Location: 'http://192.0.2.1/' }).end() },
    says: /UPnP: the router redirects elsewhere/,
  },
  'points to somebody else': {
    parts: { page: upnpPages(() => outer), ssdp: () => ssdpAnswer('http://192.0.2.1:5000/root.xml') },
    says: /UPnP: the router does not answer/,
  },
  'has its controls at somebody else': {
    parts: { page: (_, response) => void response.end(description(undefined, 'http://192.0.2.1/control')) },
    says: /UPnP: the router maps no ports by UPnP/,
  },
  'sends a bomb of entities': {
    parts: {
      page: (_, response) =>
        void response.end(
          `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><root>&b;</root>`,
        ),
    },
    says: /UPnP: the description of the router is no XML/,
  },
  'speaks no HTTP': {
    parts: { page: (_, response) => void response.socket?.end('nonsense\r\n\r\n') },
    says: /UPnP: the router cannot be asked: HPE_/,
  },
};

for (const [what, { parts, says }] of Object.entries(unhelpful)) {
  test(`a router that ${what} is told about`, async () => {
    await withRouter(parts, async ({ state, mapped }) => {
      assert.is(state.name, 'failed');
      assert.match(state.name === 'failed' ? state.why : '', says);
      assert.equal(mapped, []);
    });
  });
}

test('when there is nothing to ask for, and what is said then', async () => {
  const router = { address: FakeRouter.address, localAddress: '127.0.0.1' };
  const cases: [Partial<ConstructorParameters<typeof PortMapping>[0]>, object][] = [
    [{ settings: natSettings.parse({ portMapping: { mode: 'off' } }) }, { name: 'off', why: 'configured' }],
    [{ hasAnnouncedAddresses: true }, { name: 'off', why: 'announced' }],
    [{ gateway: async () => ({ ...router, localAddress: outer }) }, { name: 'off', why: 'public-address' }],
    [
      { gateway: async () => undefined },
      { name: 'failed', why: 'this machine has no router (no default gateway)' },
    ],
    [{ ports: () => [] }, { name: 'failed', why: 'nothing listens on 127.0.0.1, which the router knows' }],
  ];
  for (const [different, state] of cases) {
    const mapping = new PortMapping({
      settings: natSettings.parse({}),
      ports: () => ports,
      hasAnnouncedAddresses: false,
      gateway: async () => router,
      key: randomBytes(32),
      clock: systemClock,
      log,
      ...different,
    });
    await mapping.start();
    assert.equal(mapping.state, state);
    await mapping.close();
  }
});

test('only permanent mappings, a taken port and one that is refused', async () => {
  const taken = new Set(['8443']);
  const page = upnpPages(
    () => outer,
    (action, body) => {
      if (action !== 'AddPortMapping') return undefined;
      if (!body.includes('<NewLeaseDuration>0<')) return 725;
      if (taken.has(/<NewExternalPort>(\d+)</.exec(body)?.[1] ?? '')) return 718;
      return body.includes('<NewInternalPort>44400<') ? 501 : undefined;
    },
  );
  await withRouter({ page }, async ({ mapped, refused }) => {
    assert.is(mapped.length, 1);
    assert.ok((mapped[0]?.externalPort ?? 0) >= 20_000);
    assert.is(refused[0]?.port.port, 44_400);
    assert.match(refused[0]?.why ?? '', /error 501/);
  });
});

test('another external address is noticed', async () => {
  let address = outer;
  await withRouter({ datagram: natPmp(() => address, epoch) }, async (mapping) => {
    let told = 0;
    mapping.events.on('changed', () => {
      told += 1;
    });
    address = '198.51.100.8';
    await until(
      'the new one is known',
      () => mapping.state.name === 'mapped' && mapping.state.externalAddress === address,
    );
    assert.is(mapping.addressChanges, 1);
    assert.is(told, 1);
  });
});

for (const [protocol, datagram] of [
  ['pcp', pcp],
  ['nat-pmp', natPmp],
] as const) {
  test(`a router that was restarted is asked again (${protocol})`, async () => {
    let startedAt = Date.now() - 50_000_000;
    const seconds = () => Math.floor((Date.now() - startedAt) / 1000);
    await withRouter(
      { datagram: datagram(() => outer, seconds) },
      async (_, router) => {
        const maps = () => router.calls.filter((call) => call === 'PCP 1' || call === 'NAT-PMP 2').length;
        const before = maps();
        startedAt = Date.now();
        // A look of PCP is a mapping too, of one port.
        await until('everything is mapped again', () => maps() >= before + (protocol === 'pcp' ? 3 : 1));
      },
      [protocol],
    );
  });
}

test('a mapping that the router has lost is asked for again (UPnP)', async () => {
  let lost = false;
  const page = upnpPages(
    () => outer,
    (action) => (action === 'GetSpecificPortMappingEntry' && lost ? 714 : undefined),
  );
  await withRouter({ page }, async (_, router) => {
    const before = router.calls.filter((call) => call === 'AddPortMapping').length;
    lost = true;
    await until(
      'both are mapped again',
      () => router.calls.filter((call) => call === 'AddPortMapping').length >= before + 2,
    );
  });
});

test('a router that goes away is looked for anew', async () => {
  let silent = false;
  const page = upnpPages(() => outer);
  const parts: FakeRouterParts = {
    page: (request, response) => (silent ? response.destroy() : page(request, response)),
  };
  await withRouter(parts, async (mapping) => {
    assert.is(mapping.state.name, 'mapped');
    silent = true;
    await until('it is given up', () => mapping.state.name === 'failed');
    assert.equal(mapping.mapped, []);
  });
});

test.run();
