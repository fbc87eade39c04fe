/** Why a camera or microphone does not start, in the words a person can act on. */
export type MediaProblem = 'denied' | 'denied-by-system' | 'missing' | 'in-use' | 'insecure' | 'unknown';

/** What getUserMedia rejects with. Names from Media Capture and Streams, 10.2.1; browsers add their own habits. */
export function mediaProblem(error: unknown): MediaProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error || error instanceof DOMException ? error.message : '';
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      // Chromium: "Permission denied by system"; Safari and Firefox tell nothing.
      return /by system/i.test(message) ? 'denied-by-system' : 'denied';
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in-use';
    case 'InsecureContextError':
      return 'insecure';
    default:
      return 'unknown';
  }
}

/** Thrown by us where the browser hides its devices: pages over plain HTTP have no navigator.mediaDevices. */
export class InsecureContextError extends Error {
  override readonly name = 'InsecureContextError';
}

export type BrowserFamily = 'chromium' | 'firefox' | 'safari';

/** For instructions only, never for behaviour. */
export function browserFamily(userAgent: string): BrowserFamily {
  if (/firefox|fxios/i.test(userAgent)) return 'firefox';
  if (/chrome|chromium|crios|edg/i.test(userAgent)) return 'chromium';
  return 'safari';
}
