import type { Answer, Ask } from '../../../protocol/messages.ts';
import type { Check } from '../../media/check/check.ts';
import type { Context, Seat } from '../context.ts';

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

export function openCheckPath(
  ask: Ask<'openCheckPath'>,
  _: Context,
  check: Check,
): Promise<Answer<'openCheckPath'>> {
  return check.open(ask.worker);
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
