import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ntpParts,
  readRtcp,
  writeCanonicalName,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
  writeSenderReport,
} from '../../../bench/rtp/rtcp.ts';
import { isRtcp } from '../../../bench/rtp/rtp-packet.ts';

const test = suite('RTCP');

test('a compound of reports is read back', () => {
  const block = {
    ssrc: 77,
    fractionLost: 12,
    cumulativeLost: -3,
    highestSequence: 0x1_ffff,
    jitter: 90,
    lastSenderReport: 0xabcdef01,
    delaySinceLast: 65_536,
  };
  const report = { ssrc: 5, wallClockMs: 1_700_000_000_250, rtpTimestamp: 1, packets: 2, octets: 3 };
  const compound = Buffer.concat([
    writeSenderReport(report),
    writeCanonicalName(5, 'load-5'),
    writeReceiverReport(9, [block, { ...block, ssrc: 78 }]),
  ]);
  assert.ok(isRtcp(compound));
  const [first, second, ...rest] = readRtcp(compound);
  const { seconds, fraction } = ntpParts(report.wallClockMs);
  const middleNtp = ((seconds & 0xffff) * 65_536 + (fraction >>> 16)) >>> 0;
  assert.equal(first, { type: 'sender-report', ssrc: 5, middleNtp, blocks: [] });
  assert.equal(second, { type: 'receiver-report', ssrc: 9, blocks: [block, { ...block, ssrc: 78 }] });
  assert.equal(rest, []);
});

test('NTP counts from 1900', () => {
  assert.equal(ntpParts(500), { seconds: 2_208_988_800, fraction: 2 ** 31 });
});

test('NACKs name exactly the packets asked for, also across the end of the numbers', () => {
  const wanted = [65_530, 65_531, 65_534, 3, 10, 40];
  const [event] = readRtcp(writeNack(1, 2, wanted));
  assert.equal(event, { type: 'nack', mediaSsrc: 2, sequences: wanted });
  // The first five fit one entry and its mask of 16.
  assert.is(writeNack(1, 2, wanted).length, 12 + 2 * 4);
});

test('key frame requests of both kinds name the stream', () => {
  assert.equal(readRtcp(writePictureLoss(1, 2)), [{ type: 'picture-loss', mediaSsrc: 2 }]);
  const request = Buffer.alloc(20);
  request.set([0x84, 206, 0, 4]);
  request.writeUInt32BE(99, 12);
  assert.equal(readRtcp(request), [{ type: 'full-intra-request', mediaSsrc: 99 }]);
});

test('anything can come: it is skipped, nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      readRtcp(Buffer.from(octets));
    }),
  );
  const compound = Buffer.concat([writePictureLoss(1, 2), writeNack(1, 2, [3])]);
  for (let size = 0; size < compound.length; size++) readRtcp(compound.subarray(0, size));
});

test.run();
