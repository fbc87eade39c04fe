import type { types } from 'mediasoup-client';
import type {
  CodecParameters,
  DtlsParameters,
  RtpCapabilities,
  RtpParameters,
} from '../../protocol/media.ts';

// mediasoup-client leaves out what is empty and lets codec parameters be anything; the protocol's shapes are complete.

export function capabilitiesFromClient(capabilities: types.RtpCapabilities): RtpCapabilities {
  return {
    codecs: (capabilities.codecs ?? []).map((codec) => ({
      kind: codec.kind,
      preferredPayloadType: codec.preferredPayloadType,
      ...codecFromClient(codec),
    })),
    headerExtensions: (capabilities.headerExtensions ?? []).map((extension) => ({
      kind: extension.kind,
      uri: extension.uri,
      preferredId: extension.preferredId,
      preferredEncrypt: extension.preferredEncrypt ?? false,
      direction: extension.direction ?? 'sendrecv',
    })),
  };
}

export function parametersFromClient(parameters: types.RtpParameters): RtpParameters {
  const { mid, msid, rtcp } = parameters;
  return {
    ...(mid ? { mid } : {}),
    codecs: parameters.codecs.map((codec) => ({ payloadType: codec.payloadType, ...codecFromClient(codec) })),
    headerExtensions: (parameters.headerExtensions ?? []).map((extension) => ({
      uri: extension.uri,
      id: extension.id,
      encrypt: extension.encrypt ?? false,
      parameters: codecParameters(extension.parameters),
    })),
    encodings: parameters.encodings ?? [],
    rtcp: { ...(rtcp?.cname ? { cname: rtcp.cname } : {}), reducedSize: rtcp?.reducedSize ?? true },
    ...(msid ? { msid } : {}),
  };
}

export function parametersToClient(parameters: RtpParameters): types.RtpParameters {
  return {
    ...parameters,
    headerExtensions: parameters.headerExtensions.map((extension) => ({
      ...extension,
      uri: extension.uri as types.RtpHeaderExtensionUri,
    })),
    encodings: parameters.encodings as types.RtpEncodingParameters[],
  };
}

export function dtlsFromClient({ role = 'auto', fingerprints }: types.DtlsParameters): DtlsParameters {
  return { role, fingerprints };
}

function codecFromClient(codec: types.RtpCodecCapability | types.RtpCodecParameters) {
  const { mimeType, clockRate, channels } = codec;
  return {
    mimeType,
    clockRate,
    ...(channels ? { channels } : {}),
    parameters: codecParameters(codec.parameters),
    rtcpFeedback: (codec.rtcpFeedback ?? []).map(({ type, parameter }) => ({
      type,
      ...(parameter ? { parameter } : {}),
    })),
  };
}

function codecParameters(parameters: Record<string, unknown> = {}): CodecParameters {
  const known = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
}
