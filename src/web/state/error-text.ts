import type { Dictionary } from '../languages/english.ts';

type EndText = { title: string; text: string };

/** The SDK's codes that mean the same to a person. */
const sameAs: Record<string, keyof Dictionary['end']> = {
  timeout: 'network',
  aborted: 'left',
  closed: 'left',
  'session-unknown': 'network',
  'ping-timeout': 'network',
  'too-fast': 'network',
  'too-slow': 'network',
  'media-blocked': 'media-failed',
  'media-unsupported': 'unsupported',
  'too-many': 'too-many-connections',
};

/** Title and text for how a meeting ended or why it could not be joined, in the reader's language. */
export function endText(text: Dictionary, code: string): EndText {
  const key = sameAs[code] ?? code;
  const found: unknown = Object.hasOwn(text.end, key) ? text.end[key as keyof Dictionary['end']] : undefined;
  return typeof found === 'object' && found !== null ? (found as EndText) : text.end.internal;
}

/** One sentence for a failed action. Codes have texts in both languages; only unknown errors show their own English message. */
export function errorText(text: Dictionary, error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const refusals: Record<string, string> = text.refusals;
  if (Object.hasOwn(refusals, code)) return refusals[code] ?? '';
  if (code !== '' && (Object.hasOwn(sameAs, code) || Object.hasOwn(text.end, code)))
    return endText(text, code).title;
  return error instanceof Error ? error.message : String(error);
}
