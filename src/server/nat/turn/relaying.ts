import type { RemoteInfo } from 'node:dgram';
import type { Allocation } from './allocation.ts';
import { count, type TurnCounters } from './counters.ts';
import { type MediaPeers, type Peer, peerOf } from './media-peers.ts';
import { readSend } from './requests.ts';
import { attributes, padding, type StunMessage, StunWriter } from './stun-message.ts';

/** Packets from clients to our media and back: RFC 8656 §11 and §12. Every one is held against the relay rule anew. */
export class Relaying {
  readonly #peers: MediaPeers;
  readonly #counters: TurnCounters;
  readonly #now: () => number;
  #transactions = 0;

  constructor(peers: MediaPeers, counters: TurnCounters, now: () => number) {
    this.#peers = peers;
    this.#counters = counters;
    this.#now = now;
  }

  channelData(bytes: Buffer, allocation: Allocation): void {
    const now = this.#now();
    const channel = bytes.length >= 4 ? allocation.channel(bytes.readUInt16BE(0), now) : undefined;
    const length = channel ? bytes.readUInt16BE(2) : 0;
    if (!channel || bytes.length < 4 + length) {
      this.#counters.malformed += 1;
      return;
    }
    this.#toPeer(bytes.subarray(4, 4 + length), channel.peer, allocation, now);
  }

  sendIndication(message: StunMessage, allocation: Allocation): void {
    const now = this.#now();
    const asked = readSend(message);
    if (!asked) this.#counters.malformed += 1;
    else if (!this.#peers.target(asked.peer)) count(this.#counters.refusals, this.#peers.whyNot(asked.peer));
    else if (allocation.isPermitted(asked.peer.ip, now))
      this.#toPeer(asked.data, asked.peer, allocation, now);
  }

  fromPeer(packet: Buffer, from: RemoteInfo, allocation: Allocation): void {
    const { key } = peerOf({ ip: from.address, port: from.port });
    const view = this.#peers.isSource(key) ? allocation.viewOf(key) : undefined;
    const now = this.#now();
    if (!view || !allocation.isPermitted(view.ip, now)) {
      this.#counters.foreignPackets += 1;
      return;
    }
    if (!allocation.claim.admits(packet.length, now)) return;
    const { path } = allocation;
    const channel = allocation.channelTo(view, now);
    if (channel) path.send(channelMessage(channel.number, packet, path.transport !== 'udp'));
    else path.send(this.#dataIndication(view, packet));
    this.#counters.packetsOut[path.transport] += 1;
    this.#counters.bytesOut[path.transport] += packet.length;
  }

  #toPeer(packet: Buffer, peer: Peer, allocation: Allocation, now: number): void {
    const target = this.#peers.target(peer);
    // The worker it was bound to is gone, or its public address is another now.
    if (!target || !allocation.claim.admits(packet.length, now)) return;
    allocation.saw(peer, target.key);
    allocation.socket.send(packet, target);
    const { transport } = allocation.path;
    this.#counters.packetsIn[transport] += 1;
    this.#counters.bytesIn[transport] += packet.length;
  }

  #dataIndication(peer: Peer, packet: Buffer): Buffer {
    const transactionId = Buffer.alloc(12);
    // Never answered, so it need not be a secret.
    transactionId.writeUIntBE(this.#transactions++, 6, 6);
    return new StunWriter('data', 'indication', transactionId)
      .xorAddress(attributes.xorPeerAddress, peer)
      .attribute(attributes.data, packet)
      .finish();
  }
}

function channelMessage(number: number, packet: Buffer, padded: boolean): Buffer {
  const size = 4 + packet.length + (padded ? padding(packet.length) : 0);
  const message = Buffer.allocUnsafe(size);
  message.writeUInt16BE(number, 0);
  message.writeUInt16BE(packet.length, 2);
  packet.copy(message, 4);
  if (size > 4 + packet.length) message.fill(0, 4 + packet.length);
  return message;
}
