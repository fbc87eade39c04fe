import { createHash, createHmac } from 'node:crypto';

/** The realm of the long-term credentials (RFC 8489 §9.2); clients get it from the server, nobody configures it. */
export const realm = 'plenum';

/** Letters that are no trap anywhere, and an expiry: what ephemeral user names look like. */
const shape = /^([1-9]\d{8,11}):([\w-]{1,64})$/;

export interface Credential {
  username: string;
  credential: string;
}

/**
 * Credentials that expire, made from a shared secret: "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest),
 * which coturn takes too (use-auth-secret).
 */
export function makeCredential(
  secret: Uint8Array | string,
  participantId: string,
  expiresAtMs: number,
): Credential {
  const username = `${Math.floor(expiresAtMs / 1000)}:${participantId}`;
  return { username, credential: passwordOf(secret, username) };
}

/** @returns who it is for and until when; undefined when it is no such name */
export function readUsername(username: string): { participant: string; expiresAtMs: number } | undefined {
  const [, expiry, participant] = shape.exec(username) ?? [];
  return expiry && participant ? { participant, expiresAtMs: Number(expiry) * 1000 } : undefined;
}

/** The key for MESSAGE-INTEGRITY (RFC 8489 §9.2.2). */
export function integrityKey(secret: Uint8Array | string, username: string): Buffer {
  return createHash('md5')
    .update(`${username}:${realm}:${passwordOf(secret, username)}`)
    .digest();
}

function passwordOf(secret: Uint8Array | string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}
