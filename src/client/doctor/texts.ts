import type { Line, LineId, LineReason } from './line.ts';
import type { VerdictCode } from './verdict.ts';

/** Everything the doctor says, in one language. English for the terminal is in english-texts.ts. */
export interface DoctorTexts {
  lines: Readonly<Record<LineId, string>>;
  states: Readonly<Record<Line['state'], string>>;
  /** Why a line did not pass, or passed with a remark. */
  reasons: Readonly<Record<LineReason, string>>;
  /** What to do when a line has failed. */
  advice: Partial<Readonly<Record<LineId, string>>>;
  /** Where the reason asks for something else. */
  reasonAdvice: Partial<Readonly<Record<LineReason, string>>>;
  verdicts: Readonly<Record<VerdictCode, string>>;
  facts: {
    connected: (ms: number) => string;
    roundTrip: (ms: number) => string;
    /** Shares, 0 to 1. */
    loss: (up: number, down: number) => string;
    noLoss: string;
    bitrate: (bitsPerSecond: number, atLeast: boolean) => string;
    ports: (ports: readonly number[]) => string;
    validFor: (days: number) => string;
  };
}

export interface Explained {
  name: string;
  state: string;
  /** Numbers and reason in one sentence or two; may be empty. */
  result: string;
  /** May be empty. */
  advice: string;
}

/** A line in words. */
export function explain({ id, state, reason, facts }: Line, texts: DoctorTexts): Explained {
  const { facts: say } = texts;
  const parts: string[] = [];
  if (reason) parts.push(texts.reasons[reason]);
  if (facts.ports && facts.ports.length > 0) parts.push(say.ports(facts.ports));
  if (facts.bitrate !== undefined) parts.push(say.bitrate(facts.bitrate, facts.atLeast ?? false));
  if (facts.connectMs !== undefined) parts.push(say.connected(Math.round(facts.connectMs)));
  if (facts.roundTripMs !== undefined) parts.push(say.roundTrip(Math.round(facts.roundTripMs)));
  if (facts.lossUp !== undefined && facts.lossDown !== undefined) {
    const none = facts.lossUp < 0.005 && facts.lossDown < 0.005;
    parts.push(none ? say.noLoss : say.loss(facts.lossUp, facts.lossDown));
  }
  if (facts.days !== undefined) parts.push(say.validFor(facts.days));
  const said = parts.join(', ');
  const detail = facts.detail && (said ? ` (${facts.detail})` : facts.detail);
  const asks = state === 'failed' || reason !== undefined;
  const advice = asks
    ? ((reason && texts.reasonAdvice[reason]) ?? (state === 'failed' ? texts.advice[id] : undefined))
    : undefined;
  return {
    name: texts.lines[id],
    state: texts.states[state],
    result: `${said}${detail ?? ''}`,
    advice: advice ?? '',
  };
}
