import type { PeerConnection, Track } from 'node-datachannel';
import * as datachannel from 'node-datachannel';
import type { DtlsParameters } from '../../src/protocol/media.ts';
import type { TransportInfo } from '../../src/protocol/messages.ts';
import type { PacketLink } from '../media/packet-link.ts';
import { makeAnswer } from './sdp.ts';

export type PeerState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface PeerLinkEvents {
  packet: (packet: Buffer) => void;
  state: (state: PeerState) => void;
}

const mid = '0';
const payloadType = 96;

/**
 * One ICE + DTLS-SRTP connection to the server. It has a single media line for everything: with one line libdatachannel
 * hands over every packet whatever its SSRC, and nothing has to be negotiated anew when streams come and go.
 */
export class PeerLink implements PacketLink {
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #events: PeerLinkEvents;
  #open = false;
  #closed = false;
  #transportSequence = 0;
  octetsSent = 0;
  octetsReceived = 0;

  constructor(name: string, events: PeerLinkEvents) {
    this.#events = events;
    this.#peer = new datachannel.PeerConnection(name, { iceServers: [], disableAutoNegotiation: true });
    // Both ways, although media goes one way only: RTCP of the other end would be dropped else.
    const media = new datachannel.Video(mid, 'SendRecv');
    media.addVP8Codec(payloadType);
    this.#track = this.#peer.addTrack(media);
    this.#track.onOpen(() => {
      this.#open = true;
      if (!this.#closed) events.state('connected');
    });
    this.#track.onMessage((packet) => {
      if (this.#closed) return;
      this.octetsReceived += packet.length;
      try {
        events.packet(packet);
      } catch (error) {
        // Thrown into native code it would abort the process without a stack.
        queueMicrotask(() => {
          throw error;
        });
      }
    });
    this.#peer.onStateChange((state) => {
      // `connected` is told by the track: before that it refuses to send.
      if (this.#closed || (state !== 'disconnected' && state !== 'failed' && state !== 'closed')) return;
      this.#open = false;
      events.state(state);
    });
  }

  /** Makes the certificate; offers, so this end is ICE-controlling and DTLS client, as a browser is towards an ICE-lite server. */
  offer(): DtlsParameters {
    this.#peer.setLocalDescription('offer');
    const fingerprint = /^a=fingerprint:sha-256 (\S+)/im.exec(this.#peer.localDescription()?.sdp ?? '')?.[1];
    if (fingerprint === undefined) throw new Error('the load client made no SHA-256 fingerprint');
    return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] };
  }

  /** What a server must know of this end that is no ICE-lite server like mediasoup. Known once it has offered. */
  get iceParameters(): { usernameFragment: string; password: string } {
    const sdp = this.#peer.localDescription()?.sdp ?? '';
    const value = (name: string) => new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1] ?? '';
    return { usernameFragment: value('ice-ufrag'), password: value('ice-pwd') };
  }

  /** Call it when the server knows our fingerprint: an early DTLS hello is ignored and repeated after a whole second. */
  connect(info: TransportInfo): void {
    if (this.#closed) return;
    this.#peer.setRemoteDescription(makeAnswer(info, mid, payloadType), 'answer');
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get route(): { local: string; remote: string } | undefined {
    const pair = this.#closed ? null : this.#peer.getSelectedCandidatePair();
    if (!pair) return undefined;
    return {
      local: `${pair.local.address}:${pair.local.port}`,
      remote: `${pair.remote.address}:${pair.remote.port}`,
    };
  }

  send(packet: Buffer): boolean {
    if (!this.#open) return false;
    try {
      this.octetsSent += packet.length;
      return this.#track.sendMessageBinary(packet);
    } catch {
      // The connection went away between two packets; its state change is on the way.
      return false;
    }
  }

  nextTransportSequence(): number {
    this.#transportSequence = (this.#transportSequence + 1) & 0xffff;
    return this.#transportSequence;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open = false;
    this.#peer.close();
    this.#events.state('closed');
  }
}
