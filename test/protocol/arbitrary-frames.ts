import fc from 'fast-check';
import { closeReasons, type ErrorCode, errorTexts } from '../../src/protocol/errors.ts';
import type {
  Answer,
  AnyNotification,
  AnyRequest,
  ClientFrame,
  NotificationName,
  RequestName,
  ServerFrame,
} from '../../src/protocol/messages.ts';

// Every message with every field, as a correct peer may send it. Records over the message names: the compiler asks for
// each new message.

const text = fc.string({ unit: 'binary', maxLength: 40 });
/** As protocol/wire.ts has it, the empty string and zero mean "not given": optional fields never carry them. */
const given = fc.string({ minLength: 1, maxLength: 20 });
const id = fc.string({ minLength: 1, maxLength: 24 }).map((value) => value as never);
const uint = fc.integer({ min: 0, max: 0xffff_ffff });
const positive = fc.integer({ min: 1, max: 0xffff_ffff });
const byte = fc.integer({ min: 1, max: 255 });
const kind = fc.constantFrom('audio' as const, 'video' as const);
const source = fc.constantFrom(
  'microphone' as const,
  'camera' as const,
  'screen' as const,
  'screen-audio' as const,
);
const role = fc.constantFrom('moderator' as const, 'participant' as const, 'viewer' as const);
const share = fc.double({ min: 0, max: 1, noNaN: true }).filter((value) => !Object.is(value, -0));
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
const nothing = fc.constant({});

/** Absent instead of undefined. */
function record<T extends object, K extends keyof T>(
  model: { [N in keyof T]: fc.Arbitrary<T[N]> },
  requiredKeys: K[],
): fc.Arbitrary<Pick<T, K> & Partial<T>> {
  return fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Pick<T, K> & Partial<T>>;
}
function whole<T extends object>(model: { [N in keyof T]: fc.Arbitrary<T[N]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
const parameterName = fc.oneof(given, fc.constantFrom('__proto__', 'constructor', 'useinbandfec', 'apt'));
const parameters = fc
  .array(fc.tuple(parameterName, fc.oneof(text, number)), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries) as Record<string, string | number>);
const feedback = whole({ type: given, parameter: text });
const codecFields = {
  mimeType: given,
  clockRate: uint,
  channels: byte,
  parameters,
  rtcpFeedback: list(feedback),
};
const codec = record({ ...codecFields, payloadType: uint }, [
  'mimeType',
  'clockRate',
  'parameters',
  'rtcpFeedback',
  'payloadType',
]);
const capability = record({ ...codecFields, kind, preferredPayloadType: uint }, [
  'kind',
  'mimeType',
  'clockRate',
  'parameters',
  'rtcpFeedback',
  'preferredPayloadType',
]);
const direction = fc.constantFrom(
  'sendrecv' as const,
  'sendonly' as const,
  'recvonly' as const,
  'inactive' as const,
);
const capabilities = whole({
  codecs: list(capability),
  headerExtensions: list(
    whole({ kind, uri: given, preferredId: byte, preferredEncrypt: fc.boolean(), direction }),
  ),
});
const encoding = record(
  {
    ssrc: positive,
    rid: given,
    rtx: whole({ ssrc: positive }),
    dtx: fc.constant(true),
    scalabilityMode: given,
    maxBitrate: positive,
    scaleResolutionDownBy: fc.double({ min: 1, max: 16, noNaN: true }),
    codecPayloadType: positive,
  },
  [],
);
const rtpParameters = record(
  {
    mid: given,
    codecs: list(codec),
    headerExtensions: list(whole({ uri: given, id: byte, encrypt: fc.boolean(), parameters })),
    encodings: list(encoding),
    rtcp: record({ cname: given, reducedSize: fc.boolean() }, ['reducedSize']),
    msid: given,
  },
  ['codecs', 'headerExtensions', 'encodings', 'rtcp'],
);
const iceParameters = whole({ usernameFragment: given, password: given, iceLite: fc.boolean() });
const iceCandidate = record(
  {
    foundation: given,
    priority: uint,
    address: given,
    protocol: fc.constantFrom('udp' as const, 'tcp' as const),
    port: uint,
    type: fc.constant('host' as const),
    tcpType: fc.constant('passive' as const),
  },
  ['foundation', 'priority', 'address', 'protocol', 'port', 'type'],
);
const iceServers = list(
  record({ urls: list(given), username: given, credential: given }, ['urls', 'username', 'credential']),
);
const dtlsParameters = whole({
  role: fc.constantFrom('auto' as const, 'client' as const, 'server' as const),
  fingerprints: list(whole({ algorithm: given, value: given })),
});
const directDescription = { type: fc.constantFrom('offer' as const, 'answer' as const), sdp: text };
const directCandidate = whole({ candidate: text, mid: text, usernameFragment: text });
const producer = whole({ id, kind, source, paused: fc.boolean() });
const participant = whole({ id, displayName: text, role, producers: list(producer) });
const room = whole({ id, name: text, invitationPath: text, code: text });

const asks: { readonly [N in RequestName]: fc.Arbitrary<(AnyRequest & { name: N })['ask']> } = {
  join: whole({ token: text, displayName: text }),
  leave: nothing,
  setCapabilities: whole({ capabilities }),
  createTransport: whole({ direction: fc.constantFrom('send' as const, 'receive' as const) }),
  connectTransport: whole({ transportId: id, dtlsParameters }),
  restartIce: whole({ transportId: id }),
  produce: whole({ transportId: id, kind, source, rtpParameters, paused: fc.boolean() }),
  closeProducer: whole({ producerId: id }),
  pauseProducer: whole({ producerId: id }),
  resumeProducer: whole({ producerId: id }),
  subscribe: whole({ transportId: id, producerIds: list(id) }),
  unsubscribe: whole({ consumerIds: list(id) }),
  startConsumers: whole({ consumerIds: list(id) }),
  setViews: whole({
    views: list(whole({ producerId: id, width: uint, height: uint, pinned: fc.boolean() })),
  }),
  setDataCeiling: whole({ bitrate: uint, audioOnly: fc.boolean() }),
  reportReception: whole({
    intervalMs: uint,
    receivedBitrate: uint,
    packetsReceived: uint,
    packetsLost: uint,
    concealed: share,
    jitterBufferMs: uint,
    freezes: uint,
    roundTripMs: uint,
    availableOutgoingBitrate: uint,
    uplinkLost: share,
  }),
  startCheck: nothing,
  openCheckPath: whole({ worker: uint }),
  connectCheckPath: whole({ transportId: id, dtlsParameters }),
  echoCheckPath: whole({ transportId: id, kind, rtpParameters }),
  measureCheckPath: whole({ transportId: id }),
  closeCheckPath: whole({ transportId: id }),
  reportRoute: whole({
    candidateType: fc.constantFrom('host' as const, 'srflx' as const, 'prflx' as const, 'relay' as const),
    protocol: fc.constantFrom('udp' as const, 'tcp' as const, 'tls' as const),
  }),
  setDirectMedia: whole({ possible: fc.boolean(), hideAddress: fc.boolean() }),
  sendDirectDescription: whole({ attemptId: id, ...directDescription }),
  sendDirectCandidates: whole({ attemptId: id, candidates: list(directCandidate) }),
  reportDirectPath: whole({
    attemptId: id,
    state: fc.constantFrom('connected' as const, 'playing' as const, 'returned' as const, 'failed' as const),
  }),
  muteParticipant: whole({ participantId: id, source }),
  removeParticipant: whole({ participantId: id }),
  endMeeting: nothing,
};

const done = fc.constant(null);
const answers: { readonly [N in RequestName]: fc.Arbitrary<Answer<N>> } = {
  join: whole({
    participantId: id,
    role,
    rights: list(given),
    room,
    participants: list(participant),
    routerCapabilities: capabilities,
    senderSettings: whole({ videoCodecs: list(given) }),
    voices: whole({ limited: fc.boolean(), producerIds: list(id) }),
  }),
  leave: done,
  setCapabilities: done,
  createTransport: whole({
    transportId: id,
    iceParameters,
    iceCandidates: list(iceCandidate),
    dtlsParameters,
    iceServers,
  }),
  connectTransport: done,
  restartIce: whole({ iceParameters, iceCandidates: list(iceCandidate), iceServers }),
  produce: whole({ producerId: id }),
  closeProducer: done,
  pauseProducer: done,
  resumeProducer: done,
  subscribe: whole({
    consumers: list(
      whole({
        id,
        producerId: id,
        kind,
        rtpParameters,
        type: fc.constantFrom('simple' as const, 'simulcast' as const, 'svc' as const),
        producerPaused: fc.boolean(),
      }),
    ),
    missingProducerIds: list(id),
  }),
  unsubscribe: done,
  startConsumers: done,
  setViews: done,
  setDataCeiling: done,
  reportReception: done,
  startCheck: whole({
    limitMs: uint,
    maxBitrate: uint,
    maxPaths: uint,
    workers: uint,
    routerCapabilities: capabilities,
  }),
  openCheckPath: whole({
    transportId: id,
    iceParameters,
    iceCandidates: list(iceCandidate),
    dtlsParameters,
    iceServers,
  }),
  connectCheckPath: done,
  echoCheckPath: whole({ rtpParameters }),
  measureCheckPath: whole({
    protocol: fc.constantFrom('udp' as const, 'tcp' as const, '' as const),
    packetsReceived: uint,
    packetsSent: uint,
    octetsReceived: uint,
    octetsSent: uint,
  }),
  closeCheckPath: done,
  reportRoute: done,
  setDirectMedia: done,
  sendDirectDescription: done,
  sendDirectCandidates: done,
  reportDirectPath: done,
  muteParticipant: done,
  removeParticipant: done,
  endMeeting: done,
};

const bodies: { readonly [N in NotificationName]: fc.Arbitrary<(AnyNotification & { name: N })['body']> } = {
  participantJoined: whole({ participant }),
  participantLeft: whole({
    participantId: id,
    reason: fc.constantFrom('left' as const, 'lost' as const, 'removed' as const),
  }),
  producerAdded: whole({ participantId: id, producer }),
  producerChanged: whole({ participantId: id, producerId: id, paused: fc.boolean() }),
  producerRemoved: whole({ participantId: id, producerId: id }),
  speakers: whole({
    speakers: list(whole({ participantId: id, volume: fc.integer({ min: -127, max: 0 }) })),
    dominantParticipantId: fc.oneof(id, fc.constant('' as const)),
  }),
  mediaReset: whole({ reason: text }),
  addressesChanged: nothing,
  voicesChanged: whole({ limited: fc.boolean(), producerIds: list(id) }),
  mutedByModerator: whole({ producerId: id, byParticipantId: id }),
  encodingsWanted: whole({ producerId: id, encodings: uint, maxBitrate: uint }),
  videosHeldBack: whole({
    videos: list(
      whole({
        producerId: id,
        reason: fc.constantFrom('slow-connection' as const, 'data-ceiling' as const, 'not-shown' as const),
      }),
    ),
  }),
  connectionQuality: whole({
    participants: list(
      whole({
        participantId: id,
        level: fc.constantFrom('good' as const, 'fair' as const, 'poor' as const),
        reason: fc.constantFrom(
          '' as const,
          'uplink-rate' as const,
          'uplink-loss' as const,
          'downlink-rate' as const,
          'downlink-loss' as const,
          'delay' as const,
          'jitter' as const,
        ),
      }),
    ),
  }),
  routeChanged: whole({
    route: fc.constantFrom('sfu' as const, 'p2p' as const),
    reason: fc.constantFrom('direct' as const, 'more-than-two' as const, 'no-path' as const),
  }),
  directRequested: whole({ attemptId: id, participantId: id, offers: fc.boolean() }),
  directDescription: whole({ attemptId: id, ...directDescription }),
  directCandidates: whole({ attemptId: id, candidates: list(directCandidate) }),
  directStep: whole({
    attemptId: id,
    step: fc.constantFrom('use' as const, 'rest' as const, 'return' as const, 'close' as const),
  }),
};

export const requestNames = Object.keys(asks) as RequestName[];
export const notificationNames = Object.keys(bodies) as NotificationName[];

export function requestFrames(name: RequestName): fc.Arbitrary<ClientFrame> {
  return whole({ id: positive, ask: asks[name] as fc.Arbitrary<unknown> }).map(
    (rest) => ({ type: 'request', name, ...rest }) as ClientFrame,
  );
}

export function responseFrames(name: RequestName): fc.Arbitrary<ServerFrame> {
  return whole({
    sequence: positive,
    requestId: positive,
    answer: answers[name] as fc.Arbitrary<unknown>,
  }).map((rest) => ({ type: 'response', ...rest }) as ServerFrame);
}

export function notificationFrames(name: NotificationName): fc.Arbitrary<ServerFrame> {
  const one = (bodies[name] as fc.Arbitrary<unknown>).map((body) => ({ name, body }) as AnyNotification);
  return whole({ sequence: positive, all: fc.array(one, { minLength: 1, maxLength: 3 }) }).map(
    (rest) => ({ type: 'notifications', ...rest }) as ServerFrame,
  );
}

export const otherClientFrames: Readonly<Record<string, fc.Arbitrary<ClientFrame>>> = {
  hello: record(
    {
      type: fc.constant('hello' as const),
      lowestVersion: uint,
      highestVersion: uint,
      client: text,
      resume: whole({ token: text, lastSequence: uint }),
    },
    ['type', 'lowestVersion', 'highestVersion', 'client'],
  ) as fc.Arbitrary<ClientFrame>,
  acknowledge: whole({ type: fc.constant('acknowledge' as const), sequence: uint }),
};

export const otherServerFrames: Readonly<Record<string, fc.Arbitrary<ServerFrame>>> = {
  welcome: whole({
    type: fc.constant('welcome' as const),
    version: uint,
    server: text,
    resumed: fc.boolean(),
    resumeToken: text,
    resumeGraceMs: uint,
    lastRequestId: uint,
    pingIntervalMs: uint,
  }),
  refusal: whole({
    type: fc.constant('refusal' as const),
    sequence: positive,
    requestId: positive,
    refusal: whole({
      code: fc.constantFrom(...(Object.keys(errorTexts) as ErrorCode[])),
      message: text,
      detail: text,
    }),
  }),
  farewell: whole({
    type: fc.constant('farewell' as const),
    closeCode: uint,
    reason: fc.constantFrom(...Object.keys(closeReasons)),
    detail: text,
  }),
  heartbeat: whole({ type: fc.constant('heartbeat' as const) }),
};
