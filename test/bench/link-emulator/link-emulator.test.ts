import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as net from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LinkEmulator } from '../../../bench/link-emulator/link-emulator.ts';

const test = suite('link emulator');

test('datagrams go through both directions and the line can be cut while it runs', async () => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('message', (data, from) => server.send(data, from.port, from.address));
  const link = await LinkEmulator.open({
    targets: [{ address: '127.0.0.1', port: server.address().port }],
    seed: 1,
  });
  const client = createSocket('udp4');
  const echoes: string[] = [];
  client.on('message', (data) => echoes.push(data.toString()));
  try {
    await exchange('one');
    assert.equal(echoes, ['one']);
    link.shape({ down: { down: true } });
    await exchange('two');
    assert.equal(echoes, ['one']);
    const { up, down } = await link.counters();
    assert.is(up.packets, 2);
    assert.is(down.lost, 1);
  } finally {
    client.close();
    server.close();
    await link.close();
  }

  async function exchange(text: string): Promise<void> {
    const before = echoes.length;
    // The counters come from the same process in order: when they answer, the datagram has been handled there or is on its way.
    client.send(text, link.entries[0]?.udpPort ?? 0, '127.0.0.1');
    for (let tries = 0; tries < 20 && echoes.length === before; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
});

test('TCP goes through, in order', async () => {
  const server = net.createServer((socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const link = await LinkEmulator.open({
    targets: [{ address: '127.0.0.1', port }],
    down: { loss: 0.2, delayMs: 5, jitterMs: 5 },
    seed: 3,
  });
  const client = net.connect(link.entries[0]?.tcpPort ?? 0, '127.0.0.1');
  try {
    const sent = Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join('');
    client.write(sent);
    let received = '';
    while (received.length < sent.length) received += String((await once(client, 'data'))[0]);
    assert.is(received, sent);
  } finally {
    client.destroy();
    server.close();
    await link.close();
  }
});

test('what is sent while the line is down comes by TCP after it, and two targets share the line', async () => {
  const servers = [0, 1].map(() => net.createServer((socket) => socket.pipe(socket)));
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const targets = servers.map((server) => ({
    address: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
  }));
  const link = await LinkEmulator.open({ targets, up: { down: true }, seed: 1 });
  const clients = link.entries.map(({ tcpPort }) => net.connect(tcpPort, '127.0.0.1'));
  try {
    const echoes = clients.map((client) => once(client, 'data'));
    for (const client of clients) client.write('hello');
    await new Promise((resolve) => setTimeout(resolve, 300));
    link.shape({ up: { down: false } });
    for (const echo of echoes) assert.is(String((await echo)[0]), 'hello');
    const { up, down } = await link.counters();
    assert.ok(up.lost >= 2);
    assert.is(down.bytes, 2 * 45);
  } finally {
    for (const client of clients) client.destroy();
    for (const server of servers) server.close();
    await link.close();
  }
});

test.run();
