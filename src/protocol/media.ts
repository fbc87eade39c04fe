import type { plenum } from './generated/signalling.js';
import type { Plain } from './wire.ts';

/** Media descriptions as plain objects, structurally those of mediasoup and mediasoup-client (which this layer must not import). */
export type MediaKind = 'audio' | 'video';
export type MediaSource = 'microphone' | 'camera' | 'screen' | 'screen-audio';
export type CodecParameters = Record<string, string | number>;

export interface RtcpFeedback {
  type: string;
  parameter?: string;
}
export interface RtpCodecParameters {
  mimeType: string;
  payloadType: number;
  clockRate: number;
  channels?: number;
  parameters: CodecParameters;
  rtcpFeedback: RtcpFeedback[];
}
export interface RtpCodecCapability {
  kind: MediaKind;
  mimeType: string;
  preferredPayloadType: number;
  clockRate: number;
  channels?: number;
  parameters: CodecParameters;
  rtcpFeedback: RtcpFeedback[];
}
export interface RtpHeaderExtensionCapability {
  kind: MediaKind;
  uri: string;
  preferredId: number;
  preferredEncrypt: boolean;
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}
export interface RtpCapabilities {
  codecs: RtpCodecCapability[];
  headerExtensions: RtpHeaderExtensionCapability[];
}
export interface RtpHeaderExtensionParameters {
  uri: string;
  id: number;
  encrypt: boolean;
  parameters: CodecParameters;
}
export interface RtpEncodingParameters {
  ssrc?: number;
  rid?: string;
  rtx?: { ssrc: number };
  dtx?: boolean;
  scalabilityMode?: string;
  /** bit/s */
  maxBitrate?: number;
  scaleResolutionDownBy?: number;
  codecPayloadType?: number;
}
export interface RtpParameters {
  mid?: string;
  codecs: RtpCodecParameters[];
  headerExtensions: RtpHeaderExtensionParameters[];
  encodings: RtpEncodingParameters[];
  rtcp: { cname?: string; reducedSize: boolean };
  msid?: string;
}
export interface IceParameters {
  usernameFragment: string;
  password: string;
  iceLite: boolean;
}
export interface IceCandidate {
  foundation: string;
  priority: number;
  address: string;
  protocol: 'udp' | 'tcp';
  port: number;
  type: 'host';
  tcpType?: 'passive';
}
/** As RTCIceServer. Without user name and credential: STUN. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export interface DtlsParameters {
  role: 'auto' | 'client' | 'server';
  fingerprints: { algorithm: string; value: string }[];
}

// The functions to*() make wire shapes for encoding, from*() read decoded ones. Zero and the empty string stand for
// "not given" on the wire (proto3), so optional fields are left out where they are zero.

/** Capabilities and parameters as mediasoup and mediasoup-client hand them over: the same fields, more of them optional. */
interface LooseCodec {
  mimeType: string;
  payloadType?: number;
  preferredPayloadType?: number;
  clockRate: number;
  channels?: number;
  parameters?: Record<string, unknown>;
  rtcpFeedback?: RtcpFeedback[];
}
export interface LooseRtpCapabilities {
  codecs?: (LooseCodec & { kind: MediaKind })[];
  headerExtensions?: (Pick<RtpHeaderExtensionCapability, 'kind' | 'uri' | 'preferredId'> &
    Partial<RtpHeaderExtensionCapability>)[];
}
export interface LooseRtpParameters {
  mid?: string;
  codecs: LooseCodec[];
  headerExtensions?: { uri: string; id: number; encrypt?: boolean; parameters?: Record<string, unknown> }[];
  encodings?: RtpEncodingParameters[];
  rtcp?: { cname?: string; reducedSize?: boolean };
  msid?: string;
}

export function toRtpCapabilities(caps: LooseRtpCapabilities): plenum.RtpCapabilities.$Properties {
  return {
    codecs: (caps.codecs ?? []).map((codec) => ({ kind: codec.kind, codec: toCodec(codec) })),
    headerExtensions: (caps.headerExtensions ?? []).map((extension) => ({
      kind: extension.kind,
      uri: extension.uri,
      id: extension.preferredId,
      encrypt: extension.preferredEncrypt ?? false,
      direction: extension.direction ?? 'sendrecv',
    })),
  };
}

export function fromRtpCapabilities(
  wire: Plain<plenum.RtpCapabilities.$Properties> | undefined,
): RtpCapabilities {
  return {
    codecs: (wire?.codecs ?? []).flatMap(({ kind, codec }) => {
      if (!codec) return [];
      const { payloadType, ...rest } = fromCodec(codec);
      return [{ kind: kind as MediaKind, preferredPayloadType: payloadType, ...rest }];
    }),
    headerExtensions: (wire?.headerExtensions ?? []).map((extension) => ({
      kind: extension.kind as MediaKind,
      uri: extension.uri,
      preferredId: extension.id,
      preferredEncrypt: extension.encrypt,
      direction: extension.direction as RtpHeaderExtensionCapability['direction'],
    })),
  };
}

export function toRtpParameters(parameters: LooseRtpParameters): plenum.RtpParameters.$Properties {
  return {
    mid: parameters.mid ?? '',
    codecs: parameters.codecs.map(toCodec),
    headerExtensions: (parameters.headerExtensions ?? []).map((extension) => ({
      uri: extension.uri,
      id: extension.id,
      encrypt: extension.encrypt ?? false,
      parameters: toParameters(extension.parameters),
    })),
    encodings: (parameters.encodings ?? []).map(({ rtx, ...encoding }) => ({
      ...encoding,
      rtxSsrc: rtx?.ssrc ?? 0,
    })),
    cname: parameters.rtcp?.cname ?? '',
    reducedSize: parameters.rtcp?.reducedSize ?? true,
    msid: parameters.msid ?? '',
  };
}

export function fromRtpParameters(wire: Plain<plenum.RtpParameters.$Properties> | undefined): RtpParameters {
  return {
    ...(wire?.mid ? { mid: wire.mid } : {}),
    codecs: (wire?.codecs ?? []).map(fromCodec),
    headerExtensions: (wire?.headerExtensions ?? []).map((extension) => ({
      uri: extension.uri,
      id: extension.id,
      encrypt: extension.encrypt,
      parameters: fromParameters(extension.parameters),
    })),
    encodings: (wire?.encodings ?? []).map(fromEncoding),
    rtcp: { ...(wire?.cname ? { cname: wire.cname } : {}), reducedSize: wire?.reducedSize ?? true },
    ...(wire?.msid ? { msid: wire.msid } : {}),
  };
}

function fromEncoding(wire: Plain<plenum.RtpEncoding.$Properties>): RtpEncodingParameters {
  return {
    ...(wire.ssrc ? { ssrc: wire.ssrc } : {}),
    ...(wire.rid ? { rid: wire.rid } : {}),
    ...(wire.rtxSsrc ? { rtx: { ssrc: wire.rtxSsrc } } : {}),
    ...(wire.dtx ? { dtx: true } : {}),
    ...(wire.scalabilityMode ? { scalabilityMode: wire.scalabilityMode } : {}),
    ...(wire.maxBitrate ? { maxBitrate: wire.maxBitrate } : {}),
    ...(wire.scaleResolutionDownBy ? { scaleResolutionDownBy: wire.scaleResolutionDownBy } : {}),
    ...(wire.codecPayloadType ? { codecPayloadType: wire.codecPayloadType } : {}),
  };
}

function toCodec(codec: LooseCodec): plenum.RtpCodec.$Properties {
  return {
    mimeType: codec.mimeType,
    payloadType: codec.payloadType ?? codec.preferredPayloadType ?? 0,
    clockRate: codec.clockRate,
    channels: codec.channels ?? 0,
    parameters: toParameters(codec.parameters),
    rtcpFeedback: codec.rtcpFeedback ?? [],
  };
}

function fromCodec(wire: Plain<plenum.RtpCodec.$Properties>): RtpCodecParameters {
  return {
    mimeType: wire.mimeType,
    payloadType: wire.payloadType,
    clockRate: wire.clockRate,
    ...(wire.channels ? { channels: wire.channels } : {}),
    parameters: fromParameters(wire.parameters),
    rtcpFeedback: wire.rtcpFeedback,
  };
}

function toParameters(parameters: Record<string, unknown> = {}): plenum.CodecParameter.$Properties[] {
  return Object.entries(parameters).map(([name, value]) =>
    typeof value === 'number' ? { name, number: value } : { name, text: String(value) },
  );
}

function fromParameters(wire: Plain<plenum.CodecParameter.$Properties>[]): CodecParameters {
  // fromEntries defines own properties, so a parameter named __proto__ stays harmless.
  return Object.fromEntries(wire.map(({ name, text, number }) => [name, number ?? text ?? '']));
}

/** STUN servers have neither user name nor credential; the empty texts are no values that browsers take. */
export function fromIceServers(wire: readonly Required<IceServer>[]): IceServer[] {
  return wire.map(({ urls, username, credential }) =>
    username === '' ? { urls } : { urls, username, credential },
  );
}
