import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toldCandidates } from '../../../src/server/media/ice-candidates.ts';
import { AnnouncedAddresses } from '../../../src/server/nat/announced-addresses.ts';
import { defaultGateway } from '../../../src/server/nat/port-mapping/default-gateway.ts';
import { Epoch } from '../../../src/server/nat/port-mapping/epoch.ts';
import { readDescription, readSoap, soapBody } from '../../../src/server/nat/port-mapping/igd-messages.ts';
import { mappingRequest, readNatPmp } from '../../../src/server/nat/port-mapping/nat-pmp-messages.ts';
import { mapRequest, readPcpMapping } from '../../../src/server/nat/port-mapping/pcp-messages.ts';
import { readSsdp } from '../../../src/server/nat/port-mapping/ssdp.ts';
import { parseXml } from '../../../src/server/nat/port-mapping/xml.ts';
import { binding, readBinding } from '../../../src/server/nat/stun-binding.ts';
import { HandClock } from '../../client/hand-clock.ts';
import { description, soapAnswer, soapFault } from './fake-router.ts';

/** What comes from the network, read: tables of what is right, wrong and cut off. */
const test = suite('messages of routers');

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

test('the default gateway in /proc/net/route', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const route = (destination: string, gateway: string, flags: string, metric: number, mask = '00000000') =>
    `eth0\t${destination}\t${gateway}\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0`;
  const cases: [string[], string | undefined][] = [
    [[route('00000000', '0132A8C0', '0003', 0)], '192.168.50.1'],
    [[route('00000000', '0132A8C0', '0003', 600), route('00000000', '0100000A', '0003', 100)], '10.0.0.1'],
    [[route('0000A8C0', '00000000', '0001', 0, '00FFFFFF')], undefined],
    // Up is missing; no gateway; half of the internet, as VPNs do; cut off.
    [[route('00000000', '0132A8C0', '0002', 0)], undefined],
    [[route('00000000', '00000000', '0003', 0)], undefined],
    [[route('00000000', '0132A8C0', '0003', 0, '00000080')], undefined],
    [['eth0\t00000000\t0132'], undefined],
    [[], undefined],
  ];
  for (const [lines, expected] of cases) assert.is(defaultGateway([head, ...lines].join('\n')), expected);
});

test('NAT-PMP', () => {
  assert.is(mappingRequest('tcp', 8443, 443, 3600).toString('hex'), '0002000020fb01bb00000e10');
  const cases: [string, object | undefined][] = [
    [
      '00800000 00000009 0b162102',
      { operation: 'address', result: 0, epochSeconds: 9, address: '11.22.33.2' },
    ],
    [
      '00810000 00000009 ad70ad71 00000e10',
      {
        operation: 'udp',
        result: 0,
        epochSeconds: 9,
        internalPort: 44400,
        externalPort: 44401,
        lifetimeSeconds: 3600,
      },
    ],
    ['00800003 00000009', { operation: 'address', result: 3, epochSeconds: 9, address: '' }],
    [
      '00820002 00000009 ad700000',
      {
        operation: 'tcp',
        result: 2,
        epochSeconds: 9,
        internalPort: 44400,
        externalPort: 0,
        lifetimeSeconds: 0,
      },
    ],
    ['00810002 00000009', undefined],
    ['00800000 00000009', undefined],
    ['00810000 00000009 ad70ad70', undefined],
    ['00010000 00000009 ad70ad70 00000e10', undefined],
    ['00850000 00000009 ad70ad70 00000e10', undefined],
    ['02810000 00000009 ad70ad70 00000e10', undefined],
    ['0080', undefined],
    ['', undefined],
  ];
  for (const [octets, expected] of cases) assert.equal(readNatPmp(hex(octets)), expected, octets);
});

test('PCP', () => {
  const nonce = Buffer.alloc(12, 7);
  const ask = {
    clientAddress: '192.168.50.10',
    nonce,
    protocol: 'udp' as const,
    internalPort: 44_400,
    externalPort: 44_400,
  };
  const request = mapRequest({ ...ask, lifetimeSeconds: 3600 });
  assert.is(
    request.toString('hex'),
    `02010000 00000e10 00000000000000000000ffffc0a8320a ${'07'.repeat(12)} 11000000 ad70ad70 00000000000000000000ffff00000000`.replaceAll(
      ' ',
      '',
    ),
  );
  const answer = (change: (its: Buffer) => Buffer | undefined) => {
    const its = Buffer.from(request);
    its[1] = 0x81;
    its.writeUInt32BE(9, 8);
    Buffer.from([11, 22, 33, 2]).copy(its, 56);
    return readPcpMapping(change(its) ?? its);
  };
  const good = answer(() => undefined);
  assert.ok(good && good !== 'other-version');
  assert.is(good.externalAddress, '11.22.33.2');
  assert.is(good.epochSeconds, 9);
  assert.ok(good.nonce.equals(nonce));
  const set = (at: number, value: number) => (its: Buffer) => {
    its[at] = value;
    return its;
  };
  const cases: [string, (its: Buffer) => Buffer, unknown][] = [
    ['a request', set(1, 1), undefined],
    ['another operation', set(1, 0x82), undefined],
    ['another protocol number', set(36, 1), undefined],
    ['cut off', (its) => its.subarray(0, 59), undefined],
    ['cut off at a multiple of four', (its) => its.subarray(0, 56), undefined],
    ['only a header', (its) => its.subarray(0, 24), undefined],
    ['NAT-PMP', () => hex('0081000100000009'), 'other-version'],
    ['version 3', set(0, 3), 'other-version'],
    ['nothing', () => Buffer.alloc(0), undefined],
  ];
  for (const [what, change, expected] of cases) assert.is(answer(change), expected, what);
});

test('the router’s clock tells whether it was restarted', () => {
  const cases: [[seconds: number, at: number][], boolean][] = [
    [
      [
        [100, 0],
        [160, 60],
      ],
      false,
    ],
    [
      [
        [100, 0],
        [99, 0],
      ],
      false,
    ],
    [
      [
        [100, 0],
        [3, 60],
      ],
      true,
    ],
    // Clocks that go wrong by some per cent.
    [
      [
        [100, 0],
        [158, 60],
      ],
      false,
    ],
    [
      [
        [100, 0],
        [100, 60],
      ],
      true,
    ],
    [
      [
        [100, 0],
        [400, 60],
      ],
      true,
    ],
    [[[3, 0]], false],
  ];
  for (const [looks, expected] of cases) {
    const clock = new HandClock();
    const epoch = new Epoch(clock);
    let restarted = false;
    let before = 0;
    for (const [seconds, at] of looks) {
      clock.turn((at - before) * 1000);
      before = at;
      restarted = epoch.hasRestarted(seconds);
    }
    assert.is(restarted, expected, JSON.stringify(looks));
  }
});

test('SSDP: only what points to the host that answers', () => {
  const answer = (location: string, status = 'HTTP/1.1 200 OK') =>
    Buffer.from(`${status}\r\nCACHE-CONTROL: max-age=120\r\n${location}\r\nST: upnp:rootdevice\r\n\r\n`);
  const cases: [Buffer, string | undefined][] = [
    [answer('LOCATION: http://192.168.50.1:5000/root.xml'), 'http://192.168.50.1:5000/root.xml'],
    [answer('location:http://192.168.50.1/'), 'http://192.168.50.1/'],
    [answer('LOCATION: http://192.168.50.2:5000/root.xml'), undefined],
    [answer('LOCATION: http://evil@192.168.50.1/'), undefined],
    [answer('LOCATION: http://192.168.50.1@evil.example/'), undefined],
    [answer('LOCATION: https://192.168.50.1/'), undefined],
    [answer('LOCATION: file:///etc/passwd'), undefined],
    [answer('LOCATION: http://router.example/'), undefined],
    [answer('LOCATION: nonsense'), undefined],
    [answer(`LOCATION: http://192.168.50.1/${'a'.repeat(1500)}`), undefined],
    [answer('LOCATION: http://192.168.50.1/', 'HTTP/1.1 404 Not Found'), undefined],
    [answer('LOCATION: http://192.168.50.1/', 'NOTIFY * HTTP/1.1'), undefined],
    [answer('SERVER: nothing'), undefined],
    [Buffer.alloc(5000, 'a'), undefined],
    [Buffer.alloc(0), undefined],
  ];
  for (const [message, expected] of cases) assert.is(readSsdp(message, '192.168.50.1')?.href, expected);
});

test('descriptions: the best service first, controls at the same host only', () => {
  const at = new URL('http://192.168.50.1:5000/root.xml');
  const wan = 'urn:schemas-upnp-org:service:WAN';
  const controls = (text: string) =>
    readDescription(text, at).map(({ version, control }) => `${version} ${control.href}`);
  assert.equal(controls(description()), ['1 http://192.168.50.1:5000/control']);
  assert.equal(controls(description(`${wan}PPPConnection:1`, 'relative')), [
    '1 http://192.168.50.1:5000/relative',
  ]);
  assert.equal(controls(description(`${wan}IPConnection:2`, 'http://192.168.50.1:99/c')), [
    '2 http://192.168.50.1:99/c',
  ]);
  assert.equal(controls(description(`${wan}IPConnection:1`, 'http://192.168.50.9/c')), []);
  assert.equal(controls(description('urn:schemas-upnp-org:service:RenderingControl:1')), []);
  const base = (url: string) => description().replace('<device>', `<URLBase>${url}</URLBase><device>`);
  assert.equal(controls(base('http://192.168.50.1:81/x/')), ['1 http://192.168.50.1:81/control']);
  assert.equal(controls(base('http://192.0.2.9/')), ['1 http://192.168.50.1:5000/control']);
  const both = description().replace(
    '</serviceList>',
    `<service><serviceType>${wan}IPConnection:2</serviceType><controlURL>/two</controlURL></service></serviceList>`,
  );
  assert.equal(controls(both), ['2 http://192.168.50.1:5000/two', '1 http://192.168.50.1:5000/control']);
  // Sloppy, as routers are: upper case, a raw ampersand, unclosed elements.
  const sloppy =
    '<ROOT><friendlyName>A & B</friendlyName><Service><serviceType>' +
    `${wan}IPConnection:1</serviceType><controlURL>/c?a=1&b=2</controlURL>`;
  assert.equal(controls(sloppy), ['1 http://192.168.50.1:5000/c?a=1&b=2']);
});

test('XML: nothing that grows', () => {
  for (const [what, text] of Object.entries({
    nothing: '',
    text: 'hello',
    'a document type': '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    'too deep': '<a>'.repeat(100),
    'too many': `<a>${'<b/>'.repeat(10_000)}</a>`,
  }))
    assert.throws(() => parseXml(text), undefined, what);
  assert.is(parseXml('<a>&lt;&unknown;</a>').children[0]?.text, '<&unknown;');
});

test('SOAP', () => {
  assert.match(
    soapBody('urn:x', 'Add', [['A', '<&>']]),
    /<u:Add xmlns:u="urn:x"><A>&lt;&amp;&gt;<\/A><\/u:Add>/,
  );
  assert.ok(readSoap(soapAnswer('AddPortMapping'), 'AddPortMapping').ok);
  assert.equal(readSoap(soapFault(725), 'AddPortMapping'), { ok: false, code: 725, description: 'because' });
  assert.equal(readSoap('<s:Fault><errorCode>x</errorCode></s:Fault>', 'A'), {
    ok: false,
    code: 0,
    description: '',
  });
  assert.throws(() => readSoap(soapAnswer('Other'), 'AddPortMapping'));
  assert.throws(() => readSoap('<html></html>', 'AddPortMapping'));
});

test('STUN', () => {
  const id = Buffer.from('0102030405060708090a0b0c', 'hex');
  assert.is(binding(id).toString('hex'), '000100002112a4420102030405060708090a0b0c');
  const head = (length: string) => `0101${length}2112a4420102030405060708090a0b0c`;
  const cases: [string, string | undefined][] = [
    [`${head('000c')} 0020 0008 0001 8c62 2a048540`, '11.22.33.2'],
    [`${head('000c')} 0001 0008 0001 ad70 0b162102`, '11.22.33.2'],
    [`${head('0014')} 8022 0003 61626300 0020 0008 0001 8c62 2a048540`, '11.22.33.2'],
    [`${head('000c')} 0020 0008 0002 8c62 2a048540`, undefined],
    [`${head('000c')} 0020 0010 0001 8c62 2a048540`, undefined],
    [`${head('0010')} 0020 0008 0001 8c62 2a048540`, undefined],
    [`${head('0000')}`, undefined],
    [`0101000c2112a4420102030405060708090a0bff 0020 0008 0001 8c62 2a048540`, undefined],
    [`0111000c2112a4420102030405060708090a0b0c 0020 0008 0001 8c62 2a048540`, undefined],
    ['0101', undefined],
  ];
  for (const [octets, expected] of cases) assert.is(readBinding(hex(octets), id), expected, octets);
});

test('whatever comes, reading it never fails', async () => {
  const octets = fc.uint8Array({ maxLength: 80 }).map((its) => Buffer.from(its));
  await fc.assert(
    fc.property(octets, fc.string({ maxLength: 200 }), (data, text) => {
      readNatPmp(data);
      readPcpMapping(data);
      readBinding(data, Buffer.alloc(12));
      readSsdp(data, '192.168.50.1');
      defaultGateway(text);
      try {
        readDescription(`<root>${text}</root>`, new URL('http://192.168.50.1/'));
      } catch (error) {
        assert.instance(error, Error);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what clients are told: the inner candidates, and the outer one of each, below them', () => {
  const announced = new AnnouncedAddresses((error) => assert.unreachable(String(error)));
  let changes = 0;
  announced.events.on('changed', () => {
    changes += 1;
  });
  const ports = new Map([
    ['udp 44400', 50_000],
    ['tcp 44400', 44_400],
  ]);
  const router = { address: '11.22.33.2', innerAddress: '192.168.50.10', ports, how: 'the router’s' };
  const stun = { address: '11.22.33.2', innerAddress: '192.168.50.10', ports: 'same' as const, how: 'seen' };
  const dns = { address: '2001:db8::7', innerAddress: 'fd00::2', ports: 'same' as const, how: 'by DNS' };
  announced.set('router', [router]);
  announced.set('router', [{ ...router, how: 'another word' }]);
  announced.set('dns', [dns]);
  // The same address without a word about ports does not outdo who knows them.
  announced.set('stun', [stun]);
  assert.is(changes, 3);
  const own = (protocol: 'udp' | 'tcp', address: string, priority: number) => ({
    foundation: `${protocol}candidate`,
    priority,
    address,
    ip: address,
    protocol,
    port: 44_400,
    type: 'host' as const,
    ...(protocol === 'tcp' ? { tcpType: 'passive' as const } : {}),
  });
  const told = toldCandidates(
    [
      own('udp', '192.168.50.10', 1_076_302_079),
      own('tcp', '192.168.50.10', 1_076_020_479),
      own('udp', 'fd00::2', 1_076_276_479),
    ],
    (local) => announced.of(local),
  );
  assert.equal(
    told.map(({ foundation, protocol, address, port, tcpType }) =>
      [foundation, protocol, address, port, tcpType].join(' ').trim(),
    ),
    [
      'udpcandidate udp 192.168.50.10 44400',
      'udpouter udp 11.22.33.2 50000',
      'tcpcandidate tcp 192.168.50.10 44400 passive',
      'tcpouter tcp 11.22.33.2 44400 passive',
      'udpcandidate udp fd00::2 44400',
      'udpouter udp 2001:db8::7 44400',
    ],
  );
  const priorities = told.map(({ priority }) => priority);
  assert.is(new Set(priorities).size, priorities.length);
  const [inner = 0, outer = 0, tcp = 0] = priorities;
  assert.ok(inner > outer && outer > tcp);
});

test.run();
