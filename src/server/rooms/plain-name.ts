import { Refusal } from '../../protocol/errors.ts';

// Control characters, line and paragraph separators, lone surrogates, and what turns the direction of everything after it.
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
// What is left when nothing can be seen: spaces, joiners, variation selectors, fillers.
const invisible = /^[\p{Z}\p{Cf}\p{Mn}\u115f\u1160\u3164\uffa0\u2800]*$/u;

/**
 * A name for people to read: any Unicode, one line, in NFC so that what looks the same is the same.
 * @param longest UTF-16 code units after trimming
 * @param field named in the refusal
 * @throws Refusal `bad-request`
 */
export function plainName(text: string, longest: number, field: string): string {
  // Before normalising: NFC of a huge text is work, and can be longer or shorter than the text.
  if (text.length > longest * 4) throw new Refusal('bad-request', `${field}: at most ${longest} characters`);
  const name = text.normalize('NFC').trim();
  if (name === '' || invisible.test(name)) throw new Refusal('bad-request', `${field}: must not be empty`);
  if (name.length > longest) throw new Refusal('bad-request', `${field}: at most ${longest} characters`);
  if (forbidden.test(name)) throw new Refusal('bad-request', `${field}: must not contain control characters`);
  return name;
}
