import type { TransportInfo } from '../../src/protocol/messages.ts';

/**
 * The answer a server with these transport parameters would give to an offer with one media line. DTLS passive unless
 * it wants to be the client; UDP candidates only, because libdatachannel has no ICE-TCP.
 */
export function makeAnswer(info: TransportInfo, mid: string, payloadType: number): string {
  const fingerprint = info.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!fingerprint) throw new Error('the server gave no SHA-256 fingerprint');
  const candidates = info.iceCandidates.filter(({ protocol }) => protocol === 'udp');
  if (candidates.length === 0) throw new Error('the server gave no UDP candidate');
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(info.iceParameters.iceLite ? ['a=ice-lite'] : []),
    `a=group:BUNDLE ${mid}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} VP8/90000`,
    `a=ice-ufrag:${info.iceParameters.usernameFragment}`,
    `a=ice-pwd:${info.iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    `a=setup:${info.dtlsParameters.role === 'client' ? 'active' : 'passive'}`,
    ...candidates.map(
      ({ foundation, priority, address, port, type }) =>
        `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}`,
    ),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
