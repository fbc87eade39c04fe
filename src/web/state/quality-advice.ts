import type { ConnectionQuality, QualityReason } from '../../client/index.ts';
import { type DataChoice, nextLower } from './data-choice.ts';

export type AdviceTopic = 'uplink' | 'downlink' | 'delay' | 'jitter';
/** What a button beside the advice does. */
export type AdviceOffer =
  | { do: 'camera-off' }
  | { do: 'less-data'; choice: DataChoice }
  | { do: 'audio-only' };

export interface Advice {
  topic: AdviceTopic;
  offers: readonly AdviceOffer[];
}

/** Once a second: how we are connected, and what could still be given up. */
export interface AdviceSnapshot {
  /** ms */
  now: number;
  /** undefined: not measured, or just not connected (which has a message of its own) */
  quality: ConnectionQuality | undefined;
  cameraOn: boolean;
  dataUse: DataChoice;
}

export type AdviceState =
  | { name: 'calm'; quietUntil: number }
  | { name: 'trouble'; topic: AdviceTopic; since: number; quietUntil: number }
  /** calmSince: it has been good again since then */
  | { name: 'shown'; advice: Advice; calmSince: number | undefined };

export const firstAdviceState: AdviceState = { name: 'calm', quietUntil: Number.NEGATIVE_INFINITY };

/** Passing trouble needs no advice. */
const lastingMs = { poor: 5_000, fair: 20_000 } as const;
/** Good for a moment is not over yet. */
const overAfterMs = 5_000;
/** After it went away by itself. */
const pauseMs = 60_000;
/** What was done about it needs time to show. */
const afterHelpMs = 30_000;
const afterDismissalMs = 15 * 60_000;

const topics: Record<QualityReason, AdviceTopic> = {
  'uplink-rate': 'uplink',
  'uplink-loss': 'uplink',
  'downlink-rate': 'downlink',
  'downlink-loss': 'downlink',
  delay: 'delay',
  jitter: 'jitter',
};

/** Advice for whoever is badly connected: only when it lasts, gone when it is over, rarely twice. Pure. */
export function nextAdvice(state: AdviceState, snapshot: AdviceSnapshot): AdviceState {
  const { now, quality } = snapshot;
  const level = quality?.level ?? 'good';
  const topic = quality?.reason && topics[quality.reason];
  if (state.name === 'shown') return stillShown(state, level === 'good' ? undefined : topic, snapshot);
  if (level === 'good' || !topic) return { name: 'calm', quietUntil: state.quietUntil };
  if (state.name === 'calm' || state.topic !== topic)
    return { name: 'trouble', topic, since: now, quietUntil: state.quietUntil };
  if (now - state.since < lastingMs[level] || now < state.quietUntil) return state;
  return { name: 'shown', advice: adviceOn(topic, snapshot), calmSince: undefined };
}

/** The person does not want to hear about it. */
export function dismissed(now: number): AdviceState {
  return { name: 'calm', quietUntil: now + afterDismissalMs };
}

/** The person took an offer. */
export function helped(now: number): AdviceState {
  return { name: 'calm', quietUntil: now + afterHelpMs };
}

function stillShown(
  state: Extract<AdviceState, { name: 'shown' }>,
  topic: AdviceTopic | undefined,
  snapshot: AdviceSnapshot,
): AdviceState {
  const { now } = snapshot;
  if (topic === undefined) {
    const calmSince = state.calmSince ?? now;
    if (now - calmSince >= overAfterMs) return { name: 'calm', quietUntil: now + pauseMs };
    return state.calmSince === undefined ? { ...state, calmSince } : state;
  }
  const advice = adviceOn(topic, snapshot);
  // The same words are not announced anew.
  if (sameAdvice(advice, state.advice))
    return state.calmSince === undefined ? state : { ...state, calmSince: undefined };
  return { name: 'shown', advice, calmSince: undefined };
}

function adviceOn(topic: AdviceTopic, { cameraOn, dataUse }: AdviceSnapshot): Advice {
  const audioOnly = dataUse === 'audio-only';
  if (topic === 'uplink') return { topic, offers: cameraOn && !audioOnly ? [{ do: 'camera-off' }] : [] };
  if (topic !== 'downlink' || audioOnly) return { topic, offers: [] };
  const choice = nextLower(dataUse);
  const audio: AdviceOffer = { do: 'audio-only' };
  return { topic, offers: choice === 'audio-only' ? [audio] : [{ do: 'less-data', choice }, audio] };
}

function sameAdvice(a: Advice, b: Advice): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
