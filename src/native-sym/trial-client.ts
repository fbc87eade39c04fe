import { randomBytes } from 'node:crypto';
import type { WebRtcTransport } from 'mediasoup/types';
import { Audio, PeerConnection, type Track } from 'node-datachannel';

/** What the trial's one stream is called on both sides. */
export interface TrialStream {
  readonly mid: string;
  readonly ssrc: number;
  readonly payloadType: number;
}

/**
 * One end of the trial: a real ICE and DTLS-SRTP endpoint with one Opus track, connected to a mediasoup transport
 * through SDP made by hand. It offers, so it is the ICE controlling side and the DTLS client.
 */
export class TrialClient {
  readonly #peer: PeerConnection;
  readonly #track: Track;

  private constructor(peer: PeerConnection, track: Track) {
    this.#peer = peer;
    this.#track = track;
  }

  /** Resolves when ICE and DTLS are done and the track can carry packets; rejects when they fail or take too long. */
  static async connect(
    transport: WebRtcTransport,
    stream: TrialStream,
    direction: 'SendOnly' | 'RecvOnly',
    timeoutMs: number,
  ): Promise<TrialClient> {
    const peer = new PeerConnection(`trial-${randomBytes(4).toString('hex')}`, {
      iceServers: [],
      disableAutoNegotiation: true,
    });
    const media = new Audio(stream.mid, direction);
    media.addOpusCodec(stream.payloadType);
    if (direction === 'SendOnly') media.addSSRC(stream.ssrc, 'trial', 'trial', 'trial');
    const track = peer.addTrack(media);
    const client = new TrialClient(peer, track);
    try {
      const open = client.#opened(timeoutMs);
      peer.setLocalDescription('offer');
      await transport.connect({ dtlsParameters: { role: 'client', fingerprints: [fingerprintOf(peer)] } });
      peer.setRemoteDescription(answer(transport, stream, direction), 'answer');
      await open;
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  send(packet: Buffer): boolean {
    return this.#track.sendMessageBinary(packet);
  }

  onPacket(listener: (packet: Buffer) => void): void {
    this.#track.onMessage(listener);
  }

  close(): void {
    this.#peer.close();
  }

  #opened(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let last = 'new';
      const timer = setTimeout(() => {
        reject(new Error(`no connection within ${timeoutMs} ms (the client's state is "${last}")`));
      }, timeoutMs);
      this.#peer.onStateChange((state) => {
        last = state;
        if (state !== 'failed') return;
        clearTimeout(timer);
        reject(new Error('ICE or DTLS failed'));
      });
      this.#track.onOpen(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function fingerprintOf(peer: PeerConnection): { algorithm: 'sha-256'; value: string } {
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(peer.localDescription()?.sdp ?? '')?.[1];
  if (value === undefined) throw new Error('the client offered no SHA-256 fingerprint');
  return { algorithm: 'sha-256', value };
}

function answer(transport: WebRtcTransport, stream: TrialStream, direction: 'SendOnly' | 'RecvOnly'): string {
  const fingerprint = transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (fingerprint === undefined) throw new Error('the worker gave no SHA-256 fingerprint');
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${stream.mid}`,
    `m=audio 9 UDP/TLS/RTP/SAVPF ${stream.payloadType}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${stream.mid}`,
    direction === 'SendOnly' ? 'a=recvonly' : 'a=sendonly',
    'a=rtcp-mux',
    `a=rtpmap:${stream.payloadType} opus/48000/2`,
    ...(direction === 'RecvOnly' ? [`a=ssrc:${stream.ssrc} cname:trial`] : []),
    `a=ice-ufrag:${transport.iceParameters.usernameFragment}`,
    `a=ice-pwd:${transport.iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    'a=setup:passive',
    ...transport.iceCandidates.map(
      ({ foundation, protocol, priority, address, port, type }) =>
        `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}`,
    ),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
