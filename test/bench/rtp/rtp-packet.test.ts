import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ExtensionIds,
  emptyRtpHeader,
  findExtension,
  isRtcp,
  readRtpHeader,
} from '../../../bench/rtp/rtp-packet.ts';
import { RtpTemplate } from '../../../bench/rtp/rtp-template.ts';
import { SequenceUnwrapper } from '../../../bench/rtp/sequence.ts';
import { readStamp, stampSize, writeStamp } from '../../../bench/rtp/stamp.ts';

const test = suite('RTP packets');
const extensions: ExtensionIds = {
  mid: 1,
  rid: 2,
  repairedRid: 3,
  absSendTime: 4,
  transportCc: 5,
  audioLevel: 6,
};

function build(): Buffer {
  const template = new RtpTemplate({
    payloadType: 96,
    ssrc: 0xfedcba98,
    extensions,
    mid: 'video0',
    rid: 'r2',
  });
  const packet = Buffer.alloc(200);
  const start = template.write(packet, {
    marker: true,
    sequence: 65_535,
    timestamp: 0xffffffff,
    sendTimeMs: 1500,
    transportSequence: 4711,
    audioLevel: 0x80 | 30,
  });
  assert.is(start, template.size);
  return packet.subarray(0, start + 50);
}

test('what the template writes is read back', () => {
  const packet = build();
  const header = emptyRtpHeader();
  assert.ok(readRtpHeader(packet, header));
  assert.is(isRtcp(packet), false);
  const { marker, payloadType, sequence, timestamp, ssrc, payloadStart, payloadEnd } = header;
  assert.equal(
    { marker, payloadType, sequence, timestamp, ssrc, octets: payloadEnd - payloadStart },
    { marker: true, payloadType: 96, sequence: 65_535, timestamp: 0xffffffff, ssrc: 0xfedcba98, octets: 50 },
  );
  const mid = findExtension(packet, header, extensions.mid);
  assert.is(packet.toString('latin1', mid, mid + 6), 'video0');
  const rid = findExtension(packet, header, extensions.rid);
  assert.is(packet.toString('latin1', rid, rid + 2), 'r2');
  assert.is(packet.readUInt16BE(findExtension(packet, header, extensions.transportCc)), 4711);
  // 1.5 s in 6.18 fixed point
  assert.is(packet.readUIntBE(findExtension(packet, header, extensions.absSendTime), 3), 1.5 * 2 ** 18);
  assert.is(packet[findExtension(packet, header, extensions.audioLevel)], 0x80 | 30);
  assert.is(findExtension(packet, header, extensions.repairedRid), 0, 'not in this packet');
});

test('a second packet of the template keeps nothing of the first', () => {
  const template = new RtpTemplate({ payloadType: 111, ssrc: 1, extensions: { ...extensions, mid: 0 } });
  const packet = Buffer.alloc(100);
  const fields = { sequence: 1, timestamp: 1, sendTimeMs: 0, transportSequence: 1 };
  template.write(packet, { ...fields, marker: true });
  template.write(packet, { ...fields, marker: false });
  const header = emptyRtpHeader();
  assert.ok(readRtpHeader(packet, header));
  assert.is(header.marker, false);
});

test('contributing sources and padding are no payload', () => {
  const packet = Buffer.alloc(12 + 8 + 20);
  packet[0] = 0x80 | 0x20 | 2;
  packet[1] = 96;
  packet[packet.length - 1] = 5;
  const header = emptyRtpHeader();
  assert.ok(readRtpHeader(packet, header));
  assert.is(header.payloadStart, 20);
  assert.is(header.payloadEnd, 35);
});

test('malformed packets are refused, never read beyond their end', () => {
  const header = emptyRtpHeader();
  const whole = build();
  for (let size = 0; size < whole.length - 50; size++) {
    assert.is(readRtpHeader(whole.subarray(0, size), header), false, `${size} octets`);
  }
  const wrongVersion = Buffer.from(whole);
  wrongVersion[0] = 0x10;
  assert.is(readRtpHeader(wrongVersion, header), false);
  const allPadding = Buffer.from(whole);
  allPadding[0] = (allPadding[0] as number) | 0x20;
  allPadding[allPadding.length - 1] = 255;
  assert.is(readRtpHeader(allPadding, header), false);
});

test('sequence numbers are followed across their end, late packets included', () => {
  const unwrapper = new SequenceUnwrapper();
  const first = unwrapper.unwrap(65_534);
  assert.is(unwrapper.unwrap(65_535), first + 1);
  assert.is(unwrapper.unwrap(1), first + 3);
  assert.is(unwrapper.unwrap(0), first + 2);
  assert.is(unwrapper.unwrap(65_533), first - 1);
  assert.is(unwrapper.unwrap(2), first + 4);
});

test('a stamp is only read where one was written', () => {
  const packet = Buffer.alloc(100);
  writeStamp(packet, 80, 123_456.789);
  assert.is(readStamp(packet, 20, 80), 123_456.789);
  assert.is(readStamp(packet, 20, 79), undefined);
  assert.is(readStamp(packet, 80 - stampSize + 1, 80), undefined, 'payload too short');
});

test.run();
