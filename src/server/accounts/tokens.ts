import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Role, RoomId } from '../../protocol/messages.ts';

export interface JoinClaims {
  roomId: RoomId;
  role: Role;
}

const algorithm = 'HS256';
const issuer = 'plenum';
const audience = 'plenum:join';
const roles: readonly string[] = ['moderator', 'participant', 'viewer'] satisfies Role[];

/** Signs and checks the tokens in meeting links. */
export class JoinTokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;

  constructor(parts: { secret: Uint8Array; clock: Clock }) {
    this.#secret = parts.secret;
    this.#clock = parts.clock;
  }

  /** @param claims.expiresAt ms since the epoch */
  sign(claims: JoinClaims & { expiresAt: number }): Promise<string> {
    return new SignJWT({ role: claims.role })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(claims.roomId)
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(Math.floor(claims.expiresAt / 1000))
      .sign(this.#secret);
  }

  /** Path and fragment of a meeting link. Browsers send a fragment to nobody, so the token is in no log and no referrer. */
  async path(claims: JoinClaims & { expiresAt: number }): Promise<string> {
    return `/m/${claims.roomId}#${await this.sign(claims)}`;
  }

  /** @throws Refusal `token-expired`, or `token-invalid` for everything else that is wrong with it */
  async verify(token: string): Promise<JoinClaims> {
    if (token.length > limits.tokenLength) throw new Refusal('token-invalid');
    let payload: Awaited<ReturnType<typeof jwtVerify>>['payload'];
    try {
      ({ payload } = await jwtVerify(token, this.#secret, {
        // Exactly ours: neither `none` nor another algorithm with our secret as its key.
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#clock.now()),
      }));
    } catch (error) {
      throw new Refusal(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid');
    }
    const { sub, role } = payload;
    if (typeof sub !== 'string' || sub.length > limits.idLength) throw new Refusal('token-invalid');
    if (typeof role !== 'string' || !roles.includes(role)) throw new Refusal('token-invalid');
    return { roomId: sub as RoomId, role: role as Role };
  }
}
