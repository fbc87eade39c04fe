/** Where streams put their packets: one DTLS-SRTP connection. */
export interface PacketLink {
  /** Takes a copy. @returns false when the connection is not open (any more) */
  send(packet: Buffer): boolean;
  /** The next transport-wide sequence number, 16 bit. */
  nextTransportSequence(): number;
}
