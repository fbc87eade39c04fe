import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { IceCandidate, IceParameters } from '../../src/protocol/media.ts';
import { createMeeting } from './plenum.ts';
import { RawClient } from './raw-client.ts';

/**
 * Run on a host of a lab, with the server's address as people there use it: joins, asks for a transport, and looks at
 * which of its candidates a worker answers (an ICE connectivity check, RFC 8445 section 7.2). Prints them, one a line.
 */
const [url = '', ...wanted] = process.argv.slice(2);
const links = await createMeeting(url, 'Probe');
const client = await RawClient.open(`${url.replace('http', 'ws')}/signal`);
await client.get('join', { token: links.moderatorPath.split('#')[1] ?? '', displayName: 'Probe' });
const { iceParameters, iceCandidates } = await client.get('createTransport', { direction: 'send' });
for (const candidate of iceCandidates.filter(({ address }) => wanted.includes(address))) {
  const { protocol, address, port } = candidate;
  const answered = await Promise.race([check(candidate), sleep(5000, false)]);
  console.log(`${protocol} ${address} ${port} ${answered ? 'answers' : 'is silent'}`);
}
process.exit(0);

async function check({ protocol, address, port }: IceCandidate): Promise<boolean> {
  const request = bindingRequest(iceParameters);
  if (protocol === 'udp') {
    const socket = createSocket('udp4');
    const timer = setInterval(() => socket.send(request, port, address), 250);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    clearInterval(timer);
    socket.close();
    return answer.readUInt16BE(0) === 0x0101;
  }
  const socket = connect(port, address);
  await once(socket, 'connect');
  // On TCP every message has its length in front (RFC 4571).
  socket.write(Buffer.concat([Buffer.from([0, request.length]), request]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.readUInt16BE(2) === 0x0101;
}

function bindingRequest({ usernameFragment, password }: IceParameters): Buffer {
  const attribute = (type: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const message = (attributes: Buffer, lengthToCome: number) => {
    const head = Buffer.from(`000100002112a442${id.toString('hex')}`, 'hex');
    head.writeUInt16BE(attributes.length + lengthToCome, 2);
    return Buffer.concat([head, attributes]);
  };
  const id = randomBytes(12);
  let attributes = Buffer.concat([
    attribute(0x0006, Buffer.from(`${usernameFragment}:probe`)),
    attribute(0x0024, Buffer.from([0x6e, 0, 0, 1])),
    attribute(0x802a, randomBytes(8)),
  ]);
  const integrity = createHmac('sha1', password).update(message(attributes, 24)).digest();
  attributes = Buffer.concat([attributes, attribute(0x0008, integrity)]);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message(attributes, 8)) ^ 0x5354554e) >>> 0);
  return message(Buffer.concat([attributes, attribute(0x8028, fingerprint)]), 0);
}
