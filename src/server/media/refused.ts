import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';

/**
 * What a failed mediasoup call means for the client that caused it.
 * mediasoup throws TypeError and UnsupportedError for parameters it rejects, InvalidStateError for closed things, and a
 * plain Error for what the worker refused; none of them is a reason to end anything else.
 */
export function refused(error: unknown, workerAlive: boolean, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (!workerAlive || (error instanceof Error && error.name === 'InvalidStateError'))
    return new Refusal('media-unavailable');
  log.info({ error: text }, 'media request refused');
  // The text names fields of what the client sent; bounded, because it can quote them.
  return new Refusal('bad-request', text.slice(0, 200));
}
