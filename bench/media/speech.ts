/** Who speaks when: plain data, so that it can be sent to a load process. */
export interface SpeechPlan {
  /** This speaker among all who may speak. */
  speaker: number;
  speakers: number;
  /** How many hold the floor at a time. */
  atOnce: number;
  seed: number;
  /** Speaks without a pause, whatever the others do: where what is lost is counted, silence must not hide it. */
  always?: boolean;
}

/** People hold the floor for some seconds, and pause within it now and then. */
const turnMs = 4000;
const spurtMs = 400;
const pauses = 0.15;

/** Turn taking as in a meeting: everybody computes the same schedule from the same clock, without talking to each other. */
export function speech(plan: SpeechPlan): (now: number) => boolean {
  if (plan.always) return () => true;
  return (now) => {
    const turn = Math.floor(now / turnMs);
    for (let place = 0; place < plan.atOnce; place++) {
      if (Math.floor(noise(plan.seed, turn, place) * plan.speakers) !== plan.speaker) continue;
      return noise(plan.seed ^ plan.speaker, Math.floor(now / spurtMs), place) >= pauses;
    }
    return false;
  };
}

/** Evenly distributed in [0, 1), the same for the same arguments (the finaliser of MurmurHash3). */
function noise(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
