import type { LeaveReason, MediaSource } from '../../client/index.ts';
import type { DataChoice } from './data-choice.ts';
import type { SourceKind } from './local-source.ts';
import type { MediaProblem } from './media-problem.ts';

/** What happened in a call and should be told in a short message. */
export type CallNews =
  | { what: 'joined'; name: string }
  | { what: 'left'; name: string; reason: LeaveReason }
  | { what: 'sharing'; name: string }
  /** by is undefined when the moderator has gone in the meantime */
  | { what: 'muted'; source: MediaSource; by: string | undefined }
  | { what: 'reconnected' }
  | { what: 'problem'; error: unknown }
  /** our own camera or microphone did not start */
  | { what: 'device-failed'; kind: SourceKind; problem: MediaProblem }
  /** the browser could not capture the screen */
  | { what: 'share-failed' }
  | { what: 'speaking-muted'; unmute: () => void }
  /** our own video was asked for while only audio is on */
  | { what: 'audio-only'; leave: () => void }
  /** joined with less because the device asks for it */
  | { what: 'saving-data'; choice: DataChoice; lift: () => void }
  | { what: 'publish-failed'; error: unknown };
