import type { Ask } from '../../../protocol/messages.ts';
import type { Context, Seat } from '../context.ts';

export function setViews(ask: Ask<'setViews'>, _: Context, { participant }: Seat): null {
  participant.wishes.setViews(ask.views);
  return null;
}

export function setDataCeiling(ask: Ask<'setDataCeiling'>, _: Context, { participant }: Seat): null {
  participant.wishes.setCeiling(ask);
  return null;
}

export function reportReception(ask: Ask<'reportReception'>, _: Context, { participant }: Seat): null {
  participant.wishes.setReport(ask, performance.now());
  return null;
}
