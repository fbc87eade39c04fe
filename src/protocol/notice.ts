import { encodeNotification } from './codec.ts';
import type { AnyNotification, NotificationName, Notifications } from './messages.ts';

/** A notification for many: turned into bytes once, however many are told. What is in it must not change any more. */
export class Notice {
  readonly notification: AnyNotification;
  #bytes: Uint8Array | undefined;

  constructor(notification: AnyNotification) {
    this.notification = notification;
  }

  static of<N extends NotificationName>(name: N, body: Notifications[N]): Notice {
    return new Notice({ name, body } as AnyNotification);
  }

  /** Without the number of the frame that it travels in. */
  get bytes(): Uint8Array {
    this.#bytes ??= encodeNotification(this.notification);
    return this.#bytes;
  }
}
