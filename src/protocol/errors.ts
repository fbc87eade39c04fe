/**
 * The one table of error codes. Codes are stable: clients translate them, metrics count them, so they are never renamed.
 * The texts are English, safe to show, and say what to do next.
 */
export const errorTexts = {
  'bad-request': 'The request is not valid.',
  'wrong-state': 'This is not possible at this point.',
  'not-allowed': 'You do not have the right to do this.',
  'not-found': 'This no longer exists.',
  'token-invalid': 'This meeting link is not valid. Ask for a new link.',
  'token-expired': 'This meeting link has expired. Ask for a new link.',
  'room-full': 'The meeting is full. Try again when somebody has left.',
  'room-ended': 'The meeting has ended.',
  'already-published': 'This source is being published already.',
  'too-many': 'A limit has been reached. Try again later.',
  'cannot-consume': 'Your program cannot play this stream: no common codec.',
  'media-unavailable': 'The media service is restarting. Try again in a moment.',
  'shutting-down': 'The server is shutting down. Try again in a moment.',
  internal: 'Something went wrong on the server. Try again; if it stays, report the request number.',
} as const;
export type ErrorCode = keyof typeof errorTexts;

/** Answered to the client as it is; changes nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  /** What exactly: a field path or a limit. Safe to show. */
  readonly detail: string;

  constructor(code: ErrorCode, detail = '') {
    super(errorTexts[code]);
    this.code = code;
    this.detail = detail;
  }
}

/**
 * Why a connection is closed. WebSocket codes 4000–4999 are the application's; 1001 and the like stay the transport's own.
 * resumable: the client should reconnect and resume. rejoin: it should reconnect and join anew. Else it must not come back by itself.
 */
export const closeReasons = {
  'bad-frame': { code: 4000, then: 'stop', text: 'A message could not be understood.' },
  'version-unsupported': {
    code: 4001,
    then: 'stop',
    text: 'Client and server speak different protocol versions. Reload the page or update the program.',
  },
  'hello-expected': { code: 4002, then: 'stop', text: 'The first message must be hello.' },
  'hello-timeout': { code: 4003, then: 'stop', text: 'The first message did not come in time.' },
  'too-fast': { code: 4004, then: 'rejoin', text: 'Too many messages in a short time.' },
  'too-slow': { code: 4005, then: 'rejoin', text: 'Messages were not read in time.' },
  'ping-timeout': { code: 4006, then: 'resume', text: 'No sign of life.' },
  'session-unknown': { code: 4007, then: 'rejoin', text: 'The session has ended. Join again.' },
  'session-taken': { code: 4008, then: 'stop', text: 'The session goes on in another connection.' },
  'too-many-connections': { code: 4009, then: 'stop', text: 'Too many connections from this address.' },
  left: { code: 4010, then: 'stop', text: 'You have left the meeting.' },
  removed: { code: 4011, then: 'stop', text: 'A moderator has removed you from the meeting.' },
  'meeting-ended': { code: 4012, then: 'stop', text: 'The meeting has been ended by a moderator.' },
  'shutting-down': { code: 4013, then: 'rejoin', text: 'The server is restarting.' },
  internal: { code: 4014, then: 'rejoin', text: 'Something went wrong on the server.' },
  'check-over': { code: 4015, then: 'stop', text: 'The check has ended.' },
  'message-too-big': { code: 1009, then: 'stop', text: 'A message was too big.' },
} as const satisfies Record<string, { code: number; then: 'resume' | 'rejoin' | 'stop'; text: string }>;
export type CloseReason = keyof typeof closeReasons;

/** The reason behind a close code; undefined for the transport's own codes (a lost network is 1006). */
export function closeReasonOf(code: number): CloseReason | undefined {
  return (Object.keys(closeReasons) as CloseReason[]).find((reason) => closeReasons[reason].code === code);
}

/** Bytes or an order of frames that no correct client sends: closes the connection. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: CloseReason;

  constructor(reason: CloseReason, detail = '') {
    super(detail || closeReasons[reason].text);
    this.reason = reason;
  }
}
