/** Keys of the texts below `start.problems` that need no further words. */
export type StartProblem = 'nameMissing' | 'codeUnknown' | 'tooMany' | 'network' | 'server';

/** What the start page says about a failed request. */
export function startProblem(error: unknown): StartProblem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  switch (code) {
    case 'not-found':
    case 'room-ended':
      return 'codeUnknown';
    case 'too-many':
      return 'tooMany';
    case 'network':
      return 'network';
    default:
      return 'server';
  }
}
