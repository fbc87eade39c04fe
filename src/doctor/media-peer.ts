import { X509Certificate } from 'node:crypto';
import {
  CipherContext,
  DtlsClient,
  HashAlgorithm,
  keyLength,
  NamedCurveAlgorithm,
  type RtpHeader,
  SignatureAlgorithm,
  type SignatureHash,
  SrtpSession,
  saltLength,
} from 'werift';
import { PathProblem } from '../client/doctor/path-engine.ts';
import type { DtlsParameters, IceParameters } from '../protocol/media.ts';
import { IceCheck } from './ice-check.ts';
import { type PacketPath, socketProblem, within } from './paths/packet-path.ts';

/** SRTP_AEAD_AES_128_GCM and SRTP_AES128_CM_SHA1_80 (RFC 5764, RFC 7714). */
const srtpProfiles = [7, 1] as const;

export interface PeerCertificate {
  certPem: string;
  keyPem: string;
  signatureHash: SignatureHash;
  dtlsParameters: DtlsParameters;
}

export async function makePeerCertificate(): Promise<PeerCertificate> {
  const made = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  const value = new X509Certificate(made.certPem).fingerprint256;
  return { ...made, dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] } };
}

/** ICE, DTLS and SRTP with the worker over one path. */
export class MediaPeer {
  readonly #path: PacketPath;
  readonly #ice: IceCheck;
  readonly #dtls: DtlsClient;
  #srtp: SrtpSession | undefined;
  #handshaking = false;
  /** Decrypted RTP. */
  onRtp: (packet: Buffer) => void = () => undefined;

  constructor(path: PacketPath, remote: IceParameters, certificate: PeerCertificate) {
    this.#path = path;
    this.#ice = new IceCheck(path, remote);
    this.#dtls = new DtlsClient({
      cert: certificate.certPem,
      key: certificate.keyPem,
      signatureHash: certificate.signatureHash,
      srtpProfiles: [...srtpProfiles],
      extendedMasterSecret: true,
      // The worker asks for a certificate: nothing is answered before that has been read.
      certificateRequest: true,
      transport: {
        type: 'path',
        address: { address: '', family: '', port: 0 },
        closed: false,
        onData: () => undefined,
        send: (packet) => {
          path.send(packet);
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      },
    });
    path.onPacket = (packet) => this.#take(packet);
  }

  /** @throws PathProblem */
  async connect(remote: DtlsParameters, limitMs: number): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.#ice.connect(limitMs);
    } catch (error) {
      throw this.#path.failure ? socketProblem(this.#path.failure) : error;
    }
    const left = Math.max(1000, limitMs - (performance.now() - startedAt));
    try {
      await within(left, this.#handshake());
    } catch (error) {
      throw new PathProblem('dtls-failed', error instanceof PathProblem ? error.detail : String(error), {
        cause: error,
      });
    }
    this.#verify(remote);
    const profile = this.#dtls.srtp.srtpProfile;
    if (profile === undefined) throw new PathProblem('dtls-failed', 'no SRTP suite in common');
    const keys = this.#dtls.extractSessionKeys(keyLength(profile), saltLength(profile));
    this.#srtp = new SrtpSession({
      profile,
      keys: {
        localMasterKey: keys.localKey,
        localMasterSalt: keys.localSalt,
        remoteMasterKey: keys.remoteKey,
        remoteMasterSalt: keys.remoteSalt,
      },
    });
  }

  get waitingOctets(): number {
    return this.#path.waitingOctets;
  }

  send(header: RtpHeader, payload: Buffer): void {
    if (this.#srtp) this.#path.send(this.#srtp.encrypt(payload, header));
  }

  close(): void {
    this.#ice.close();
    // A handshake that goes on would be repeated for half a minute.
    this.#dtls.dtls.flight = Number.MAX_SAFE_INTEGER;
    this.#path.onPacket = () => undefined;
    this.#path.close();
  }

  async #handshake(): Promise<void> {
    this.#handshaking = true;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#dtls.onConnect.once(() => resolve());
    this.#dtls.onError.once((error) => reject(error));
    this.#dtls.onClose.once(() => {
      if (!this.#dtls.connected) reject(new Error('closed by the other end'));
    });
    this.#dtls.connect().catch(reject);
    await promise;
  }

  /**
   * One at a time, as a UDP socket would: several in one turn of the event loop, as a TCP connection brings them, get out of
   * order in the handshake.
   */
  #takeDtls(packet: Buffer): void {
    setImmediate(() => {
      try {
        this.#dtls.transport.socket.onData(packet, ['', 0]);
      } catch {
        // Damaged: like a packet that was lost.
      }
    });
  }

  /** What signalling told over TLS is who has to be at the other end. */
  #verify({ fingerprints }: DtlsParameters): void {
    const certificate = this.#dtls.remoteCertificate;
    const found = certificate && new X509Certificate(certificate).fingerprint256;
    const wanted = fingerprints.find(({ algorithm }) => algorithm === 'sha-256')?.value.toUpperCase();
    if (!found || found !== wanted)
      throw new PathProblem('dtls-failed', 'another certificate than announced');
  }

  /** RFC 7983: what a packet is shows in its first octet. */
  #take(packet: Buffer): void {
    const first = packet[0] ?? 255;
    try {
      if (first < 4) this.#ice.take(packet);
      else if (first >= 20 && first < 64) {
        if (this.#handshaking) this.#takeDtls(Buffer.from(packet));
      } else if (first >= 128 && first < 192 && this.#srtp && !isRtcp(packet))
        this.onRtp(this.#srtp.decrypt(packet));
    } catch {
      // Damaged or not for us: like a packet that was lost.
    }
  }
}

/** RFC 5761 section 4. */
function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}
