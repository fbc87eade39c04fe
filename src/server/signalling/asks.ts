import { z } from 'zod';
import { limits } from '../../protocol/limits.ts';
import type { Ask, RequestName } from '../../protocol/messages.ts';

// Bounds for everything a client sends, before any of it reaches a room or a worker. protobuf has already made the types right.

const id = z.string().min(1).max(limits.idLength);
const ids = z.array(id).min(1).max(limits.idsPerRequest);
const kind = z.enum(['audio', 'video']);
const source = z.enum(['microphone', 'camera', 'screen', 'screen-audio']);
// Words, numbers and names end up in the session descriptions of everybody else in the room: no spaces where a word is
// expected, and never the end of a line.
const word = z.string().regex(/^[\x21-\x7e]*$/);
const token = word.max(128);
const parameters = z.record(
  word.max(64),
  z.union([
    z
      .string()
      .max(512)
      .regex(/^[\x20-\x7e]*$/),
    z.number(),
  ]),
);
const rtcpFeedback = z.array(z.object({ type: token, parameter: token })).max(16);
const channels = z.int().min(1).max(8).optional();
const uri = word.min(1).max(256);
const pixels = z.int().min(0).max(16_384);
const share = z.number().min(0).max(1);
const uint32 = z.int().min(0).max(0xffff_ffff);

const codec = {
  mimeType: z.string().regex(/^(audio|video)\/[\w.+-]{1,32}$/),
  clockRate: z.int().min(1).max(384_000),
  channels,
  parameters,
  rtcpFeedback,
};
// RFC 3551 and RFC 5761: what can stand beside RTCP on one port.
const payloadType = z.int().min(0).max(127);

const rtpCapabilities = z.object({
  codecs: z
    .array(z.object({ ...codec, kind, preferredPayloadType: payloadType }))
    .min(1)
    .max(64),
  headerExtensions: z
    .array(
      z.object({
        kind,
        uri,
        preferredId: z.int().min(1).max(255),
        preferredEncrypt: z.boolean(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']),
      }),
    )
    .max(64),
});

const rtpParameters = z.object({
  mid: word.max(32).optional(),
  codecs: z
    .array(z.object({ ...codec, payloadType }))
    .min(1)
    .max(8),
  headerExtensions: z
    .array(z.object({ uri, id: z.int().min(1).max(255), encrypt: z.boolean(), parameters }))
    .max(32),
  encodings: z
    .array(
      z.object({
        ssrc: uint32.optional(),
        rid: z
          .string()
          .regex(/^[\w-]{1,16}$/)
          .optional(),
        rtx: z.object({ ssrc: uint32 }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: z
          .string()
          .regex(/^[LS][1-3]T[1-3](_KEY(_SHIFT)?|h)?$/)
          .optional(),
        maxBitrate: uint32.optional(),
        scaleResolutionDownBy: z.number().min(1).max(64).optional(),
        codecPayloadType: payloadType.optional(),
      }),
    )
    .min(1)
    .max(4),
  rtcp: z.object({ cname: word.max(128).optional(), reducedSize: z.boolean() }),
  msid: z
    .string()
    .max(256)
    .regex(/^[\x21-\x7e]*( [\x21-\x7e]+)?$/)
    .optional(),
});

// RFC 8122 names; an empty list or an odd one once killed a worker (mediasoup #537).
const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().regex(/^([0-9A-Fa-f]{2}:){19,63}[0-9A-Fa-f]{2}$/),
      }),
    )
    .min(1)
    .max(8),
});

// What browsers write (RFC 8866): one letter and printable ASCII on each line, nothing that another parser could read otherwise.
const sdp = z
  .string()
  .min(1)
  .max(limits.sdpLength)
  .regex(/^v=0\r\n(?:[a-z]=[\x20-\x7e]{0,2000}\r\n)+$/)
  .refine((text) => text.split('\r\n').length <= limits.sdpLines, 'too many lines')
  // The sections of src/protocol/README.md, "A direct path", and nothing else (no data channels).
  .refine((text) => text.match(/^m=\w*/gm)?.join() === 'm=audio,m=video,m=video,m=audio', 'other sections');
const iceWord = /^[\w+/.-]{0,256}$/;
// RFC 8839 section 5.1, with RFC 6544's tcptype and the extensions that browsers add; an address or an mDNS name.
const candidateLine =
  /^(?:candidate:[\w+/]{1,32} [12] (?:udp|tcp|UDP|TCP) \d{1,10} [\w.:-]{1,255} \d{1,5} typ (?:host|srflx|prflx)(?: [\w-]{1,32} [\w.:+/-]{1,256}){0,10})?$/;
const directCandidate = z.object({
  candidate: z.string().max(512).regex(candidateLine),
  mid: z.string().max(16).regex(iceWord),
  usernameFragment: z.string().regex(iceWord),
});

const byParticipantId = z.object({ participantId: id });
const byTransportId = z.object({ transportId: id });
const byProducerId = z.object({ producerId: id });
const byConsumerIds = z.object({ consumerIds: ids });
const nothing = z.object({});

const schemas = {
  join: z.object({
    token: z.string().min(1).max(limits.tokenLength),
    displayName: z.string().max(limits.displayNameLength * 4),
  }),
  leave: nothing,
  setCapabilities: z.object({ capabilities: rtpCapabilities }),
  createTransport: z.object({ direction: z.enum(['send', 'receive']) }),
  connectTransport: z.object({ transportId: id, dtlsParameters }),
  restartIce: byTransportId,
  produce: z
    .object({ transportId: id, kind, source, rtpParameters, paused: z.boolean() })
    .refine(
      (ask) => (ask.kind === 'audio') === (ask.source === 'microphone' || ask.source === 'screen-audio'),
      {
        path: ['source'],
        message: 'does not match kind',
      },
    ),
  closeProducer: byProducerId,
  pauseProducer: byProducerId,
  resumeProducer: byProducerId,
  subscribe: z.object({ transportId: id, producerIds: ids }),
  unsubscribe: byConsumerIds,
  startConsumers: byConsumerIds,
  setViews: z.object({
    views: z
      .array(z.object({ producerId: id, width: pixels, height: pixels, pinned: z.boolean() }))
      .max(limits.idsPerRequest),
  }),
  setDataCeiling: z.object({ bitrate: uint32, audioOnly: z.boolean() }),
  reportReception: z.object({
    intervalMs: z.int().min(1).max(60_000),
    receivedBitrate: uint32,
    packetsReceived: uint32,
    packetsLost: uint32,
    concealed: share,
    jitterBufferMs: uint32,
    freezes: uint32,
    roundTripMs: uint32,
    availableOutgoingBitrate: uint32,
    uplinkLost: share,
  }),
  reportRoute: z.object({
    candidateType: z.enum(['host', 'srflx', 'prflx', 'relay']),
    protocol: z.enum(['udp', 'tcp', 'tls']),
  }),
  startCheck: nothing,
  openCheckPath: z.object({ worker: z.int().min(0).max(255) }),
  connectCheckPath: z.object({ transportId: id, dtlsParameters }),
  echoCheckPath: z.object({ transportId: id, kind, rtpParameters }),
  measureCheckPath: byTransportId,
  closeCheckPath: byTransportId,
  setDirectMedia: z.object({ possible: z.boolean(), hideAddress: z.boolean() }),
  sendDirectDescription: z.object({ attemptId: id, type: z.enum(['offer', 'answer']), sdp }),
  sendDirectCandidates: z.object({
    attemptId: id,
    candidates: z.array(directCandidate).min(1).max(limits.directCandidatesPerRequest),
  }),
  reportDirectPath: z.object({
    attemptId: id,
    state: z.enum(['connected', 'playing', 'returned', 'failed']),
  }),
  muteParticipant: z.object({ participantId: id, source }),
  removeParticipant: byParticipantId,
  endMeeting: nothing,
} satisfies Record<RequestName, z.ZodType>;

/** The checked request, or where and why it is not valid. */
export function checkAsk<N extends RequestName>(
  name: N,
  ask: unknown,
): { ask: Ask<N> } | { problem: string } {
  const result = schemas[name].safeParse(ask);
  // The schemas are the runtime side of messages.ts; brands (RoomId, …) exist only in types.
  if (result.success) return { ask: result.data as Ask<N> };
  const issue = result.error.issues[0];
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` };
}
