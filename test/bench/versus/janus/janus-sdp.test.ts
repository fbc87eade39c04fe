import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  readSubscriberOffer,
  readTransport,
  writePublisherOffer,
  writeSubscriberAnswer,
} from '../../../../bench/versus/janus/janus-sdp.ts';
import type { RtpParameters } from '../../../../src/protocol/media.ts';

const test = suite('versus: SDP with Janus');
const local = { usernameFragment: 'abcd', password: 'secretsecretsecretsecr', fingerprint: 'AA:BB' };
const levels = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** As Janus 1.1.2 writes it to a subscriber, shortened to what matters. */
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.2',
  's=VideoRoom 1',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  'a=fingerprint:sha-256 F3:1E:88',
  'a=extmap-allow-mixed',
  'a=ice-lite',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 192.0.2.2',
  'a=sendonly',
  'a=mid:0',
  'a=rtcp-mux',
  'a=ice-ufrag:ioEf',
  'a=ice-pwd:9O1qv0bmhH1Du2cDUeq3Z1',
  'a=setup:actpass',
  'a=rtpmap:111 opus/48000/2',
  `a=extmap:1 ${levels}`,
  'a=msid:janus janus0',
  'a=ssrc:1062644502 cname:janus',
  'a=candidate:1 1 udp 2015363327 192.0.2.2 42784 typ host',
  'a=end-of-candidates',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'c=IN IP4 192.0.2.2',
  'a=sendonly',
  'a=mid:1',
  'a=rtcp-mux',
  'a=ice-ufrag:ioEf',
  'a=ice-pwd:9O1qv0bmhH1Du2cDUeq3Z1',
  'a=setup:actpass',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  `a=extmap:3 ${transportCc}`,
  'a=extmap:13 urn:3gpp:video-orientation',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=ssrc-group:FID 2590167232 3351719426',
  'a=ssrc:2590167232 cname:janus',
  'a=ssrc:3351719426 cname:janus',
  'a=candidate:1 1 udp 2015363327 192.0.2.2 42784 typ host',
  'a=end-of-candidates',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=inactive',
  'a=mid:2',
  '',
].join('\r\n');

test('what Janus will send is read from its offer', () => {
  const [audio, video, gone] = readSubscriberOffer(offer);
  assert.equal(audio, {
    mid: '0',
    kind: 'audio',
    active: true,
    ssrc: 1062644502,
    rtxSsrc: undefined,
    clockRate: 48_000,
    nack: false,
    pictureLoss: false,
    transportCcId: 0,
  });
  assert.equal(video, {
    mid: '1',
    kind: 'video',
    active: true,
    ssrc: 2590167232,
    rtxSsrc: 3351719426,
    clockRate: 90_000,
    nack: true,
    pictureLoss: true,
    transportCcId: 3,
  });
  assert.is(gone?.active, false);
});

test('its end of the connection is read once, although each m-line repeats it', () => {
  const transport = readTransport(offer);
  assert.equal(transport.iceParameters, {
    usernameFragment: 'ioEf',
    password: '9O1qv0bmhH1Du2cDUeq3Z1',
    iceLite: true,
  });
  assert.equal(
    transport.iceCandidates.map(({ address, port, priority }) => ({ address, port, priority })),
    [{ address: '192.0.2.2', port: 42784, priority: 2015363327 }],
  );
  assert.equal(transport.dtlsParameters.fingerprints, [{ algorithm: 'sha-256', value: 'F3:1E:88' }]);
});

test('the answer accepts every m-line, and header extensions that are read', () => {
  const lines = writeSubscriberAnswer(offer, local).split('\r\n');
  const count = (line: string) => lines.filter((one) => one === line).length;
  assert.ok(lines.includes('a=group:BUNDLE 0 1 2'));
  assert.is(lines.filter((line) => line.startsWith('m=')).length, 3);
  assert.is(count('a=recvonly'), 2);
  assert.is(count('a=inactive'), 1);
  assert.is(count('a=ice-ufrag:abcd'), 3);
  assert.is(count('a=setup:passive'), 3);
  assert.ok(lines.includes('a=fmtp:97 apt=96'));
  assert.ok(lines.includes(`a=extmap:3 ${transportCc}`));
  assert.not.ok(lines.some((line) => /orientation|ioEf|ssrc:/.test(line)));
});

test('a publisher offers simulcast highest first, and a single stream with its retransmission', () => {
  const codecs: RtpParameters['codecs'] = [
    {
      mimeType: 'video/VP8',
      payloadType: 96,
      clockRate: 90_000,
      parameters: {},
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    },
    {
      mimeType: 'video/rtx',
      payloadType: 97,
      clockRate: 90_000,
      parameters: { apt: 96 },
      rtcpFeedback: [],
    },
  ];
  const common = {
    codecs,
    headerExtensions: [{ uri: mid, id: 1, encrypt: false, parameters: {} }],
    rtcp: { cname: 'me', reducedSize: true },
  };
  const sdp = writePublisherOffer(
    [
      { kind: 'video', rtpParameters: { ...common, mid: '0', encodings: [{ rid: 'r0' }, { rid: 'r1' }] } },
      { kind: 'video', rtpParameters: { ...common, mid: '1', encodings: [{ ssrc: 5, rtx: { ssrc: 6 } }] } },
    ],
    local,
  );
  const [, simulcast = '', single = ''] = sdp.split(/^m=/m);
  assert.match(simulcast, 'video 9 UDP/TLS/RTP/SAVPF 96 97');
  assert.match(simulcast, 'a=rid:r1 send\r\na=rid:r0 send\r\na=simulcast:send r1;r0');
  assert.match(simulcast, 'a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli');
  assert.match(simulcast, 'a=setup:actpass');
  assert.match(single, 'a=ssrc-group:FID 5 6\r\na=ssrc:5 cname:me\r\na=ssrc:6 cname:me');
  assert.match(single, `a=extmap:1 ${mid}`);
  assert.not.match(single, 'simulcast');
});

test.run();
