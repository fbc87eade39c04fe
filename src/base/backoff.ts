export interface BackoffSettings {
  firstMs: number;
  highestMs: number;
  /** part of the delay that is random, 0 to 1: keeps a thousand clients from coming back in one second */
  jitter: number;
}

/**
 * The delay before the next attempt, in ms: doubles with each, up to the highest.
 * @param attempt counted from 0
 * @param random in [0, 1)
 */
export function backoffDelay(settings: BackoffSettings, attempt: number, random: number): number {
  const full = Math.min(settings.highestMs, settings.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (1 - settings.jitter * random));
}
