import protobuf from 'protobufjs/minimal.js';
import { type CloseReason, closeReasons, type ErrorCode, errorTexts, ProtocolError } from './errors.ts';
import { plenum } from './generated/signalling.js';
import {
  fromIceServers,
  fromRtpCapabilities,
  fromRtpParameters,
  toRtpCapabilities,
  toRtpParameters,
} from './media.ts';
import type {
  Answer,
  AnyNotification,
  AnyRequest,
  ClientFrame,
  RequestName,
  ServerFrame,
} from './messages.ts';
import { plain } from './wire.ts';

// Everything about bytes is here: the rest of the program sees plain objects (messages.ts).
// protobuf's encode() does not check types; what goes in is typed by messages.ts.

export function encodeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  if (frame.type === 'request') {
    const { id, name, ask } = frame;
    return finish(plenum.ClientFrame, { request: { id, [name]: requestToWire(frame) ?? ask } });
  }
  const { type, ...body } = frame;
  return finish(plenum.ClientFrame, { [type]: body });
}

/** @throws ProtocolError `bad-frame` on bytes that are no client frame. */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  const frame = read(plenum.ClientFrame, bytes);
  if (frame.hello) return { type: 'hello', ...frame.hello } as ClientFrame;
  if (frame.acknowledge) return { type: 'acknowledge', ...frame.acknowledge };
  if (frame.request) {
    const { id, ...bodies } = frame.request;
    const [name, ask] = onlyField(bodies);
    return { type: 'request', id, ...requestFromWire(name as RequestName, ask) };
  }
  throw new ProtocolError('bad-frame', 'empty frame');
}

export function encodeServerFrame(frame: ServerFrame, requestName?: RequestName): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case 'response': {
      const answer = answerToWire(requestName, frame.answer);
      return finish(plenum.ServerFrame, {
        sequence: frame.sequence,
        response: { requestId: frame.requestId, ...answer },
      });
    }
    case 'refusal': {
      const response = { requestId: frame.requestId, refusal: frame.refusal };
      return finish(plenum.ServerFrame, { sequence: frame.sequence, response });
    }
    case 'notifications':
      return joinNotifications(frame.sequence, frame.all.map(encodeNotification));
    case 'welcome':
    case 'farewell':
    case 'heartbeat': {
      const { type, ...body } = frame;
      return finish(plenum.ServerFrame, { [type]: body });
    }
  }
}

/** The part of a frame that is the same for everybody who is told it. */
export function encodeNotification({ name, body }: AnyNotification): Uint8Array {
  return finish(plenum.Notification, { [name]: body });
}

/** A server frame of notifications that were encoded before. @param sequence its number */
export function joinNotifications(
  sequence: number,
  notifications: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const all = protobuf.Writer.create();
  for (const bytes of notifications) all.uint32(fieldTag(notificationsFields.all)).bytes(bytes);
  const frame = protobuf.Writer.create();
  if (sequence !== 0) frame.uint32(serverFrameFields.sequence << 3).uint32(sequence);
  frame.uint32(fieldTag(serverFrameFields.notifications)).bytes(all.finish());
  return frame.finish() as Uint8Array<ArrayBuffer>;
}

/** Field numbers of signalling.proto. */
const serverFrameFields = { sequence: 1, notifications: 7 };
const notificationsFields = { all: 1 };

/** Of a field that is written with its length. */
function fieldTag(field: number): number {
  return (field << 3) | 2;
}

/** @throws ProtocolError `bad-frame` on bytes that are no server frame. */
export function decodeServerFrame(bytes: Uint8Array): ServerFrame {
  const frame = read(plenum.ServerFrame, bytes);
  const { sequence } = frame;
  if (frame.welcome) return { type: 'welcome', ...frame.welcome };
  if (frame.farewell) return { type: 'farewell', ...frame.farewell };
  if (frame.heartbeat) return { type: 'heartbeat' };
  if (frame.notifications) {
    const all = frame.notifications.all.map((one) => {
      const [name, body] = onlyField(one);
      return { name, body } as AnyNotification;
    });
    return { type: 'notifications', sequence, all };
  }
  if (frame.response) {
    const { requestId, refusal, ...answers } = frame.response;
    if (refusal) {
      // A code from a newer server is not in our table; `internal` is how to treat what we do not understand.
      const code: ErrorCode = refusal.code in errorTexts ? (refusal.code as ErrorCode) : 'internal';
      return { type: 'refusal', sequence, requestId, refusal: { ...refusal, code } };
    }
    return { type: 'response', sequence, requestId, answer: answerFromWire(answers) };
  }
  throw new ProtocolError('bad-frame', 'empty frame');
}

/** The farewell that goes before a close, and the arguments of the close itself. */
export function farewell(reason: CloseReason, detail = ''): Extract<ServerFrame, { type: 'farewell' }> {
  return { type: 'farewell', closeCode: closeReasons[reason].code, reason, detail };
}

/** The one member of a oneof that is set. A kind that this version does not know was dropped on reading: then there is none. */
function onlyField(members: object): [name: string, value: unknown] {
  const [member, ...more] = Object.entries(members);
  if (!member || more.length > 0) throw new ProtocolError('bad-frame', 'unknown kind of message');
  return member;
}

function requestToWire(request: AnyRequest): object | undefined {
  if (request.name === 'setCapabilities')
    return { capabilities: toRtpCapabilities(request.ask.capabilities) };
  if (request.name === 'produce' || request.name === 'echoCheckPath')
    return { ...request.ask, rtpParameters: toRtpParameters(request.ask.rtpParameters) };
  return undefined;
}

function requestFromWire(name: RequestName, wire: unknown): AnyRequest {
  if (name === 'setCapabilities') {
    const { capabilities } = wire as { capabilities?: Parameters<typeof fromRtpCapabilities>[0] };
    return { name, ask: { capabilities: fromRtpCapabilities(capabilities) } };
  }
  if (name === 'produce' || name === 'echoCheckPath') {
    const { rtpParameters, ...rest } = wire as { rtpParameters?: Parameters<typeof fromRtpParameters>[0] };
    return { name, ask: { ...rest, rtpParameters: fromRtpParameters(rtpParameters) } } as AnyRequest;
  }
  return { name, ask: wire } as AnyRequest;
}

/** Which field of Response carries the answer to a request; all others are answered with `done`. */
const answerFields = {
  join: 'joined',
  createTransport: 'transportCreated',
  restartIce: 'iceRestarted',
  produce: 'produced',
  subscribe: 'subscribed',
  startCheck: 'checkStarted',
  openCheckPath: 'checkPathOpened',
  echoCheckPath: 'checkPathEchoed',
  measureCheckPath: 'checkPathMeasured',
} as const satisfies Partial<Record<RequestName, string>>;

function answerToWire(name: RequestName | undefined, answer: Answer<RequestName>): object {
  if (answer === null || !name || !(name in answerFields)) return { done: {} };
  const field = answerFields[name as keyof typeof answerFields];
  if (field === 'joined') {
    const joined = answer as Answer<'join'>;
    return { joined: { ...joined, routerCapabilities: toRtpCapabilities(joined.routerCapabilities) } };
  }
  if (field === 'checkStarted') {
    const started = answer as Answer<'startCheck'>;
    return {
      checkStarted: { ...started, routerCapabilities: toRtpCapabilities(started.routerCapabilities) },
    };
  }
  if (field === 'checkPathEchoed') {
    const { rtpParameters } = answer as Answer<'echoCheckPath'>;
    return { checkPathEchoed: { rtpParameters: toRtpParameters(rtpParameters) } };
  }
  if (field === 'subscribed') {
    const subscribed = answer as Answer<'subscribe'>;
    const consumers = subscribed.consumers.map((c) => ({
      ...c,
      rtpParameters: toRtpParameters(c.rtpParameters),
    }));
    return { subscribed: { ...subscribed, consumers } };
  }
  return { [field]: answer };
}

type Response = NonNullable<ReturnType<typeof read<plenum.ServerFrame.$Properties>>['response']>;

function answerFromWire(answers: Omit<Response, 'requestId' | 'refusal'>): Answer<RequestName> {
  if (answers.done) return null;
  if (answers.joined) {
    const { joined } = answers;
    return {
      ...joined,
      routerCapabilities: fromRtpCapabilities(joined.routerCapabilities),
    } as Answer<'join'>;
  }
  if (answers.subscribed) {
    const { subscribed } = answers;
    const consumers = subscribed.consumers.map((c) => ({
      ...c,
      rtpParameters: fromRtpParameters(c.rtpParameters),
    }));
    return { ...subscribed, consumers } as Answer<'subscribe'>;
  }
  if (answers.checkStarted) {
    const { checkStarted } = answers;
    return {
      ...checkStarted,
      routerCapabilities: fromRtpCapabilities(checkStarted.routerCapabilities),
    };
  }
  if (answers.checkPathEchoed)
    return { rtpParameters: fromRtpParameters(answers.checkPathEchoed.rtpParameters) };
  const transportCreated = answers.transportCreated ?? answers.checkPathOpened;
  if (transportCreated) {
    const iceCandidates = transportCreated.iceCandidates.map(fromCandidate);
    const iceServers = fromIceServers(transportCreated.iceServers);
    return { ...transportCreated, iceCandidates, iceServers } as Answer<'createTransport'>;
  }
  if (answers.iceRestarted) {
    const { iceRestarted } = answers;
    const iceCandidates = iceRestarted.iceCandidates.map(fromCandidate);
    const iceServers = fromIceServers(iceRestarted.iceServers);
    return { ...iceRestarted, iceCandidates, iceServers } as Answer<'restartIce'>;
  }
  const answer = answers.produced ?? answers.checkPathMeasured;
  if (!answer) throw new ProtocolError('bad-frame', 'unknown answer');
  return answer as Answer<RequestName>;
}

/** Only TCP candidates have a type; the empty string of the others is no value that WebRTC knows. */
function fromCandidate<C extends { tcpType: string }>({ tcpType, ...candidate }: C) {
  return tcpType ? { ...candidate, tcpType } : candidate;
}

interface MessageType<T extends object> {
  decode(reader: protobuf.Reader): T;
  encode(message: T): protobuf.Writer;
}

function read<T extends object>(type: MessageType<T>, bytes: Uint8Array) {
  const reader = protobuf.Reader.create(bytes);
  // Unknown fields of a newer peer are dropped, not kept and sent back.
  reader.discardUnknown = true;
  try {
    return plain(type.decode(reader));
  } catch (error) {
    throw new ProtocolError('bad-frame', error instanceof Error ? error.message : 'malformed');
  }
}

function finish<T extends object>(
  type: { encode(message: T): protobuf.Writer },
  frame: object,
): Uint8Array<ArrayBuffer> {
  return type.encode(frame as T).finish() as Uint8Array<ArrayBuffer>;
}
