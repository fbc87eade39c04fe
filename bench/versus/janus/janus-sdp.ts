import type { MediaKind, RtpParameters } from '../../../src/protocol/media.ts';
import type { TransportId, TransportInfo } from '../../../src/protocol/messages.ts';
import { knownExtensionUris } from '../../rtp/rtp-packet.ts';

/** Our end of a connection, as its descriptions need it. */
export interface LocalEnd {
  usernameFragment: string;
  password: string;
  /** SHA-256 */
  fingerprint: string;
}

export interface PublishedMedia {
  kind: MediaKind;
  rtpParameters: RtpParameters;
}

/** One m-line of an offer in which Janus describes what it will send. */
export interface OfferedMedia {
  mid: string;
  kind: MediaKind;
  /** false: nothing is sent (any more). */
  active: boolean;
  ssrc: number;
  rtxSsrc: number | undefined;
  clockRate: number;
  nack: boolean;
  pictureLoss: boolean;
  /** 0: not used */
  transportCcId: number;
}

const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** The offer of a publisher. */
export function writePublisherOffer(media: readonly PublishedMedia[], local: LocalEnd): string {
  const sections = media.map(({ kind, rtpParameters }) => {
    const { mid = '', codecs, headerExtensions, encodings, rtcp } = rtpParameters;
    const rids = encodings.flatMap(({ rid }) => rid ?? []);
    return [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${codecs.map(({ payloadType }) => payloadType).join(' ')}`,
      'c=IN IP4 127.0.0.1',
      `a=mid:${mid}`,
      'a=sendonly',
      'a=rtcp-mux',
      ...codecs.flatMap(codecLines),
      ...headerExtensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
      ...connectionLines(local, 'actpass'),
      // Janus counts its substreams in the order in which its own demos name them: highest first.
      ...rids.toReversed().map((rid) => `a=rid:${rid} send`),
      ...(rids.length > 0 ? [`a=simulcast:send ${rids.toReversed().join(';')}`] : []),
      ...encodings.flatMap(({ ssrc, rtx }) => {
        if (ssrc === undefined) return [];
        const group = rtx ? [`a=ssrc-group:FID ${ssrc} ${rtx.ssrc}`] : [];
        const ssrcs = rtx ? [ssrc, rtx.ssrc] : [ssrc];
        return [...group, ...ssrcs.map((one) => `a=ssrc:${one} cname:${rtcp.cname ?? ''}`)];
      }),
    ];
  });
  const mids = media.map(({ rtpParameters }) => rtpParameters.mid ?? '');
  return write([...sessionLines(mids), ...sections.flat()]);
}

/** Accepts everything that was offered, with the header extensions that load clients read. */
export function writeSubscriberAnswer(offer: string, local: LocalEnd): string {
  const sections = sectionsOf(offer);
  const answered = sections.flatMap((lines) => {
    const [first = '', ...rest] = lines;
    const accepted = rest.flatMap((line) => {
      if (line === 'a=sendonly') return 'a=recvonly';
      if (line.startsWith('a=extmap:')) return knownExtensionUris.has(line.split(' ')[1] ?? '') ? line : [];
      return /^a=(mid:|inactive|rtcp-mux|rtpmap:|fmtp:|rtcp-fb:)/.test(line) ? line : [];
    });
    return [first, 'c=IN IP4 127.0.0.1', ...accepted, ...connectionLines(local, 'passive')];
  });
  return write([...sessionLines(sections.flatMap((lines) => value(lines, 'mid') ?? [])), ...answered]);
}

/** @throws Error when nothing but RTP without a known codec is offered */
export function readSubscriberOffer(offer: string): OfferedMedia[] {
  return sectionsOf(offer).map((lines) => {
    const kind = lines[0]?.startsWith('m=audio') ? 'audio' : 'video';
    const [ssrc = 0, rtxSsrc] = (value(lines, 'ssrc-group:FID') ?? value(lines, 'ssrc') ?? '')
      .split(' ')
      .map(Number)
      .filter((number) => Number.isInteger(number));
    const feedback = new Set(lines.flatMap((line) => /^a=rtcp-fb:\S+ (.*)$/.exec(line)?.[1]?.trim() ?? []));
    const extension = lines.find((line) => line.startsWith('a=extmap:') && line.endsWith(` ${transportCc}`));
    return {
      mid: value(lines, 'mid') ?? '',
      kind,
      active: lines.includes('a=sendonly'),
      ssrc,
      rtxSsrc,
      clockRate: Number(/^a=rtpmap:\S+ [^/]+\/(\d+)/m.exec(lines.join('\n'))?.[1] ?? 90_000),
      nack: feedback.has('nack'),
      pictureLoss: feedback.has('nack pli'),
      transportCcId: Number(/^a=extmap:(\d+)/.exec(extension ?? '')?.[1] ?? 0),
    };
  });
}

/** Where and with what Janus waits, from an offer or an answer: all m-lines share one connection. */
export function readTransport(sdp: string): TransportInfo {
  const lines = linesOf(sdp);
  const fingerprint = value(lines, 'fingerprint')?.split(' ')[1] ?? '';
  const candidates = new Map(
    lines.flatMap((line) => {
      const found = /^a=candidate:(\S+) 1 udp (\d+) (\S+) (\d+) typ host/i.exec(line);
      if (!found) return [];
      const [, foundation = '', priority, address = '', port] = found;
      const candidate = { foundation, priority: Number(priority), address, port: Number(port) };
      return [[foundation, { ...candidate, protocol: 'udp' as const, type: 'host' as const }]];
    }),
  );
  return {
    transportId: 'janus' as TransportId,
    iceParameters: {
      usernameFragment: value(lines, 'ice-ufrag') ?? '',
      password: value(lines, 'ice-pwd') ?? '',
      iceLite: lines.includes('a=ice-lite'),
    },
    iceCandidates: [...candidates.values()],
    // Janus begins with DTLS when it is ready. A hello that came earlier would be lost, and repeated after a whole second
    // (browsers: 50 ms), which would be charged to it.
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
  };
}

function codecLines(codec: RtpParameters['codecs'][number]): string[] {
  const { payloadType, mimeType, clockRate, channels, parameters, rtcpFeedback } = codec;
  const name = mimeType.slice(mimeType.indexOf('/') + 1);
  const format = Object.entries(parameters).map(([key, setting]) => `${key}=${setting}`);
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels ? `/${channels}` : ''}`,
    ...(format.length > 0 ? [`a=fmtp:${payloadType} ${format.join(';')}`] : []),
    ...rtcpFeedback.map(({ type, parameter }) =>
      `a=rtcp-fb:${payloadType} ${type} ${parameter ?? ''}`.trimEnd(),
    ),
  ];
}

function sessionLines(mids: readonly string[]): string[] {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
}

function connectionLines(
  { usernameFragment, password, fingerprint }: LocalEnd,
  setup: 'actpass' | 'passive',
): string[] {
  return [
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${setup}`,
  ];
}

function write(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}

function sectionsOf(sdp: string): string[][] {
  const sections: string[][] = [];
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

/** The first attribute of that name. */
function value(lines: readonly string[], name: string): string | undefined {
  const start = `a=${name}${name.includes(':') ? ' ' : ':'}`;
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}
