import type { Answer, Ask } from '../../../protocol/messages.ts';
import type { Check } from '../../media/check/check.ts';
import type { Context, Seat } from '../context.ts';

/** Of a stranger's credentials: not for long, but longer than the clock of another relay may be wrong. */
const relayLifetimeMs = 10 * 60_000;

export async function startCheck(_ask: Ask<'startCheck'>, context: Context): Promise<Answer<'startCheck'>> {
  const check = context.checks.start(context.client);
  try {
    const info = await check.info();
    context.takeCheck(check);
    return info;
  } catch (error) {
    void check.lifecycle.close('internal');
    throw error;
  }
}

export async function openCheckPath(
  ask: Ask<'openCheckPath'>,
  { iceServers }: Context,
  check: Check,
): Promise<Answer<'openCheckPath'>> {
  return { ...(await check.open(ask.worker)), iceServers: iceServers(check.id, relayLifetimeMs) };
}

export async function connectCheckPath(
  ask: Ask<'connectCheckPath'>,
  _: Context,
  check: Check,
): Promise<null> {
  await check.connect(ask.transportId, ask.dtlsParameters);
  return null;
}

export function echoCheckPath(
  ask: Ask<'echoCheckPath'>,
  _: Context,
  check: Check,
): Promise<Answer<'echoCheckPath'>> {
  return check.echo(ask.transportId, ask.kind, ask.rtpParameters);
}

export function measureCheckPath(
  ask: Ask<'measureCheckPath'>,
  _: Context,
  check: Check,
): Promise<Answer<'measureCheckPath'>> {
  return check.measure(ask.transportId);
}

export function closeCheckPath(ask: Ask<'closeCheckPath'>, _: Context, check: Check): null {
  check.closePath(ask.transportId);
  return null;
}

export function reportRoute(ask: Ask<'reportRoute'>, context: Context, _seat: Seat): null {
  context.routeReported(ask);
  return null;
}
