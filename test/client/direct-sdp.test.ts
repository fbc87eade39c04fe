import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tunedDescription } from '../../src/client/engine/direct-sdp.ts';

/** What the other side's description asks of our encoders: the table of what goes in and what comes out. */
const test = suite('direct path: descriptions');

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
const session = lines('v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1 2 3');
const audio = (...fmtp: string[]) =>
  lines(
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
    'a=mid:0',
    'a=rtpmap:111 opus/48000/2',
    ...fmtp,
    'a=rtpmap:63 red/48000/2',
  );
const video = (...rest: string[]) =>
  lines('m=video 9 UDP/TLS/RTP/SAVPF 96 97 103', 'a=mid:1', 'a=rtpmap:96 VP8/90000', ...rest);
const plainVideo = video(
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  'a=fmtp:103 profile-level-id=42e01f;packetization-mode=1',
);
const tunedVideo = video(
  'a=fmtp:96 x-google-start-bitrate=1000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  'a=fmtp:103 profile-level-id=42e01f;packetization-mode=1;x-google-start-bitrate=1000',
);

const rows: [string, string, string][] = [
  [
    'Chromium’s: speech with repair and rest, music in stereo, video that starts fast',
    session +
      audio('a=fmtp:111 minptime=10;useinbandfec=1') +
      plainVideo +
      plainVideo +
      audio('a=fmtp:111 minptime=10;usedtx=1'),
    session +
      audio('a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1') +
      tunedVideo +
      tunedVideo +
      audio('a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;usedtx=0'),
  ],
  ['without parameters so far', session + audio(), session + audio('a=fmtp:111 useinbandfec=1;usedtx=1')],
  ['nothing known in it', session + lines('m=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=rtpmap:0 PCMU/8000'), ''],
  ['no sections', session, ''],
  ['empty', '', ''],
];
for (const [name, sdp, expected] of rows) {
  test(name, () => {
    assert.is(tunedDescription(sdp, 5_000_000), expected || sdp);
  });
}

const starts: [number | undefined, number][] = [
  [undefined, 100],
  [150_000, 100],
  [1_000_000, 400],
  [100_000_000, 1000],
];
for (const [available, kilobits] of starts) {
  test(`video starts with ${kilobits} kbit/s on a line of ${available}`, () => {
    const tuned = tunedDescription(session + audio() + plainVideo, available);
    assert.match(tuned, new RegExp(`fmtp:96 x-google-start-bitrate=${kilobits}\\r`));
  });
}

test.run();
