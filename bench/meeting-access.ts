/** Where and with what load clients join. */
export interface MeetingAccess {
  /** ws: or wss: address of the signalling */
  url: string;
  participantToken: string;
  viewerToken: string;
}

export interface CreatedMeeting extends MeetingAccess {
  /** Path and fragment of the link for everybody. */
  invitationPath: string;
}

export function signallingUrl(origin: string): string {
  const url = new URL('/signal', origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** @throws Error when the link is none of a meeting */
export function tokenOf(link: string): string {
  const hash = link.indexOf('#');
  const token = hash < 0 ? '' : link.slice(hash + 1);
  if (token === '') throw new Error(`"${link}" is no meeting link: the part after # is missing`);
  return decodeURIComponent(token);
}

/** Makes a new meeting. @throws Error with what the server said */
export async function createMeeting(origin: string): Promise<CreatedMeeting> {
  const answer = await fetch(new URL('/api/meetings', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bench' }),
  }).catch((error: unknown) => {
    throw new Error(`${origin} cannot be reached: ${reason(error)}`);
  });
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.status !== 201 || !isMeeting(body)) {
    throw new Error(`${origin} made no meeting: status ${answer.status} ${JSON.stringify(body) ?? ''}`);
  }
  return {
    url: signallingUrl(origin),
    participantToken: tokenOf(body.invitationPath),
    viewerToken: tokenOf(body.viewerPath),
    invitationPath: body.invitationPath,
  };
}

function isMeeting(body: unknown): body is { invitationPath: string; viewerPath: string } {
  if (typeof body !== 'object' || body === null) return false;
  const { invitationPath, viewerPath } = body as Record<string, unknown>;
  return typeof invitationPath === 'string' && typeof viewerPath === 'string';
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
