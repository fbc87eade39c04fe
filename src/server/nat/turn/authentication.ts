import type { Allocation } from './allocation.ts';
import type { ClientPath } from './client-path.ts';
import type { RefusalReason } from './counters.ts';
import { integrityKey, readUsername, realm } from './credentials.ts';
import type { Nonces } from './nonces.ts';
import { attributeOf, attributes, isIntact, type StunMessage } from './stun-message.ts';

/** Why a request is not carried out: an error code of RFC 8489 §14.8 or RFC 8656 §19, and how it is counted. */
export interface Refused {
  code: 400 | 401 | 403 | 437 | 438 | 440 | 441 | 442 | 443 | 486 | 508;
  text: string;
  reason: RefusalReason;
}

export interface Requester {
  username: string;
  participant: string;
  key: Buffer;
}

/**
 * The long-term credential mechanism, RFC 8489 §9.2.4, with user names that expire.
 * @param existing the allocation of this path: its own user goes on there after the credentials have expired, or every
 *   call would end at that moment
 */
export function authenticate(
  message: StunMessage,
  path: ClientPath,
  existing: Allocation | undefined,
  { secret, nonces, now }: { secret: Uint8Array; nonces: Nonces; now: number },
): Requester | Refused {
  if (!message.signed) return { code: 401, text: 'Unauthorized', reason: 'no-credentials' };
  const username = attributeOf(message, attributes.username);
  const nonce = attributeOf(message, attributes.nonce);
  const givenRealm = attributeOf(message, attributes.realm);
  if (!username || !nonce || !givenRealm) return { code: 400, text: 'Bad Request', reason: 'bad-request' };
  const wrong: Refused = { code: 401, text: 'Unauthorized', reason: 'wrong-credentials' };
  const name = username.length <= 128 ? username.toString('latin1') : '';
  const user = readUsername(name);
  if (!user || givenRealm.toString('latin1') !== realm) return wrong;
  if (!nonces.isValid(nonce, path.client.ip, now))
    return { code: 438, text: 'Stale Nonce', reason: 'stale-nonce' };
  const own = existing?.username === name ? existing : undefined;
  const key = own?.key ?? integrityKey(secret, name);
  if (!isIntact(message, key)) return wrong;
  if (!own && user.expiresAtMs <= now) return { ...wrong, reason: 'expired-credentials' };
  return { username: name, participant: user.participant, key };
}
