import { type CloseReason, closeReasons, type ErrorCode, errorTexts } from '../protocol/errors.ts';

/** What can go wrong on this side of the wire; the server's own codes are in protocol/errors.ts. Stable, so that programs can translate them. */
const clientTexts = {
  network: 'The server cannot be reached. Check your network connection and the address.',
  timeout: 'The server did not answer in time. Try again in a moment.',
  aborted: 'Joining was cancelled.',
  closed: 'The meeting is over; this is no longer possible.',
  'not-loaded': 'A part of this page could not be loaded. Reload it.',
  'media-unsupported':
    'This browser cannot take part in a call. Use a current Chrome, Edge, Firefox or Safari.',
  'media-blocked':
    'Audio and video cannot get through this network. A firewall may block them: try another network.',
  'media-failed': 'The audio and video connection broke and could not be restored yet.',
  'publish-unsupported': 'This browser has no codec in common with the meeting to send this.',
  'track-ended': 'The camera, microphone or screen has stopped delivering. Choose it again.',
} as const;
export type ClientErrorCode = keyof typeof clientTexts;

/** Everything a MeetingError can say. */
export type MeetingErrorCode = ErrorCode | CloseReason | ClientErrorCode;

/** The one kind of error the SDK throws. `code` is stable; `message` is an English sentence that may be shown to a person. */
export class MeetingError extends Error {
  override readonly name = 'MeetingError';
  readonly code: MeetingErrorCode;
  /** What exactly, for the log or a support request; may be empty. */
  readonly detail: string;

  /** @param options.message where the server's own text says more than the table of this version */
  constructor(code: MeetingErrorCode, detail = '', options: ErrorOptions & { message?: string } = {}) {
    super(options.message || meetingErrorText(code), options);
    this.code = code;
    this.detail = detail;
  }
}

/** The English sentence for a code. */
export function meetingErrorText(code: MeetingErrorCode): string {
  if (code in clientTexts) return clientTexts[code as ClientErrorCode];
  if (code in errorTexts) return errorTexts[code as ErrorCode];
  return closeReasons[code as CloseReason].text;
}

/** Wraps whatever was thrown below: browsers and libraries throw all kinds of things. */
export function toMeetingError(error: unknown, code: MeetingErrorCode): MeetingError {
  if (error instanceof MeetingError) return error;
  return new MeetingError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
