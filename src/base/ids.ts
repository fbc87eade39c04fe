// Without 0, 1, l, o and u: nothing to misread on paper, no accidental words worth mentioning. 31 letters.
const alphabet = '23456789abcdefghijkmnpqrstvwxyz';

/**
 * An unguessable id from the platform's cryptographic random numbers: 4.95 bits a character.
 * @param length 24 characters (119 bits) for what stands for a right, 12 for what is only guarded by a rate limit as well
 */
export function randomId(length: number): string {
  let id = '';
  while (id.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      // 248 = 8 × 31: larger values would favour the first letters.
      if (byte < 248 && id.length < length) id += alphabet[byte % 31];
    }
  }
  return id;
}
