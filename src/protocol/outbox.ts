import type { CloseReason } from './errors.ts';
import type { NotificationName, Notifications } from './messages.ts';
import type { Notice } from './notice.ts';

/** How domain code tells a participant something, without knowing sockets. The signalling session implements it. */
export interface Outbox {
  /** Queues a notification; delivered once and in order, across reconnections. Never throws. */
  notify<N extends NotificationName>(name: N, body: Notifications[N]): void;
  /** The same for what many are told. */
  tell(notice: Notice): void;
  /** Says farewell and closes the connection for good: it cannot be resumed. */
  close(reason: CloseReason): void;
}
