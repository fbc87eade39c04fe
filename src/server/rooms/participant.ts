import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';
import type {
  DirectAbility,
  ParticipantId,
  ParticipantInfo,
  ProducerId,
  Role,
} from '../../protocol/messages.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { Endpoint } from '../media/endpoint.ts';
import { Wishes } from '../media/wishes.ts';

export interface ParticipantParts {
  id: ParticipantId;
  displayName: string;
  role: Role;
  outbox: Outbox;
  log: Log;
}

/** Somebody in a room. Media comes with the first transport and is replaced when its worker dies. */
export class Participant {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly role: Role;
  readonly outbox: Outbox;
  readonly log: Log;
  readonly wishes = new Wishes();
  /** Of their sources, those that a moderator has muted and nobody has unmuted since. */
  readonly forcedMutes = new Set<ProducerId>();
  /** undefined: nothing told about direct paths yet */
  directAbility: DirectAbility | undefined;
  #endpoint: Endpoint | undefined;

  constructor(parts: ParticipantParts) {
    this.id = parts.id;
    this.displayName = parts.displayName;
    this.role = parts.role;
    this.outbox = parts.outbox;
    this.log = parts.log;
  }

  /** @throws Refusal `wrong-state` before the first transport and after a media reset */
  get endpoint(): Endpoint {
    if (!this.#endpoint) throw new Refusal('wrong-state', 'createTransport comes first');
    return this.#endpoint;
  }

  get hasEndpoint(): boolean {
    return this.#endpoint !== undefined;
  }

  setEndpoint(endpoint: Endpoint | undefined): void {
    this.#endpoint = endpoint;
  }

  info(): ParticipantInfo {
    return {
      id: this.id,
      displayName: this.displayName,
      role: this.role,
      producers: this.#endpoint?.producers() ?? [],
    };
  }
}
