import type { Role } from '../../protocol/messages.ts';

/** What a participant may do. signalling/dispatch checks these; nothing else decides. */
export type Right = 'publish' | 'subscribe' | 'invite' | 'moderate' | 'end-meeting';

const rightsByRole: Readonly<Record<Role, ReadonlySet<Right>>> = {
  moderator: new Set(['publish', 'subscribe', 'invite', 'moderate', 'end-meeting']),
  participant: new Set(['publish', 'subscribe', 'invite']),
  viewer: new Set(['subscribe']),
};

export function rightsOf(role: Role): ReadonlySet<Right> {
  return rightsByRole[role];
}
