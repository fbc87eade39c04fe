import type { Clock } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type {
  AttemptId,
  DirectAbility,
  DirectCandidate,
  DirectDescription,
  DirectPathState,
  DirectStep,
  Notifications,
} from '../../protocol/messages.ts';
import { decideRoute, firstRouteState, type RouteSnapshot, type RouteState } from '../media/policy/route.ts';
import type { Participant } from './participant.ts';
import type { RoomSettings } from './settings.ts';

export type Route = Notifications['routeChanged'];

export interface RoomRouteParts {
  settings: RoomSettings['p2p'];
  /** The configuration allows it. */
  allowedByServer: boolean;
  allowedByRoom: boolean;
  people: () => readonly Participant[];
  /** The SFU sends this participant nothing (and keeps everything for it), or sends again. */
  rest: (participant: Participant, resting: boolean) => void;
  /** For metrics. */
  changed: (route: Route) => void;
  clock: Clock;
  log: Log;
}

interface Attempt {
  id: AttemptId;
  /** The first makes the offer. */
  pair: readonly [Participant, Participant];
  /** returning: media goes through the server again; the direct path is kept until both play that. */
  stage: 'trying' | 'switching' | 'direct' | 'returning';
  startedAt: number;
  stageSince: number;
  broken: 'path-lost' | 'media-reset' | undefined;
  /** Who has said what of this attempt. */
  said: Map<DirectPathState, Set<Participant>>;
  described: Set<Participant>;
  candidates: Map<Participant, number>;
}

const tickMs = 1000;
/** Whoever does not say that it plays the server's media again has lost its signalling; the direct path ends all the same. */
const returnMs = 14_000;

/**
 * Carries out what policy/route decides: asks two to find a direct path, hands what they say about it from one to the
 * other and to nobody else, and lets media change over, make before break in both directions.
 */
export class RoomRoute {
  readonly #parts: RoomRouteParts;
  readonly #stopTicking: () => void;
  #state: RouteState = firstRouteState;
  #attempt: Attempt | undefined;
  #told: Route = { route: 'sfu', reason: 'alone' };
  #closed = false;

  constructor(parts: RoomRouteParts) {
    this.#parts = parts;
    this.#stopTicking = parts.clock.every(tickMs, () => {
      if (this.#attempt || parts.people().length === 2) this.look();
    });
  }

  get current(): Route {
    return this.#told;
  }

  setAbility(participant: Participant, ability: DirectAbility): void {
    participant.directAbility = ability;
    this.look();
  }

  joined(participant: Participant): void {
    participant.wishes.onChange(() => this.look());
    const before = this.#told;
    this.look();
    if (before === this.#told) participant.outbox.notify('routeChanged', before);
  }

  left(participant: Participant): void {
    const attempt = this.#attempt;
    if (attempt?.pair.includes(participant)) {
      for (const one of attempt.pair) if (one !== participant) this.#parts.rest(one, false);
      this.#close(attempt);
    }
    this.look();
  }

  /** The server's media of somebody is gone and will be made anew. */
  mediaLost(): void {
    if (this.#attempt) this.#attempt.broken ??= 'media-reset';
    this.look();
  }

  /** @throws Refusal */
  describe(from: Participant, attemptId: AttemptId, description: DirectDescription): void {
    const { attempt, to } = this.#attemptOf(from, attemptId);
    const [offerer] = attempt.pair;
    const { type } = description;
    if (attempt.stage !== 'trying' || attempt.described.has(from)) throw new Refusal('wrong-state', type);
    const inTurn = type === 'offer' ? from === offerer : from !== offerer && attempt.described.has(offerer);
    if (!inTurn) throw new Refusal('wrong-state', type);
    attempt.described.add(from);
    to.outbox.notify('directDescription', { attemptId, ...description });
  }

  /** @throws Refusal */
  addCandidates(from: Participant, attemptId: AttemptId, candidates: DirectCandidate[]): void {
    const { attempt, to } = this.#attemptOf(from, attemptId);
    // A description comes first on each side: that is how the other end knows what they belong to.
    if (!attempt.described.has(from)) throw new Refusal('wrong-state', 'candidates');
    const count = (attempt.candidates.get(from) ?? 0) + candidates.length;
    if (count > limits.directCandidates) throw new Refusal('too-many', 'candidates');
    attempt.candidates.set(from, count);
    to.outbox.notify('directCandidates', { attemptId, candidates });
  }

  /** @throws Refusal */
  report(from: Participant, attemptId: AttemptId, state: DirectPathState): void {
    const { attempt } = this.#attemptOf(from, attemptId);
    const said = attempt.said.get(state) ?? new Set();
    attempt.said.set(state, said.add(from));
    const both = said.size === 2;
    if (state === 'failed') attempt.broken ??= 'path-lost';
    else if (state === 'connected' && attempt.stage === 'trying' && both) {
      this.#enter(attempt, 'switching');
      this.#tell(attempt, 'use');
    } else if (state === 'playing' && attempt.stage === 'switching' && both) {
      this.#enter(attempt, 'direct');
      for (const one of attempt.pair) this.#parts.rest(one, true);
      this.#tell(attempt, 'rest');
    } else if (state === 'returned' && attempt.stage === 'returning' && both) this.#close(attempt);
    this.look();
  }

  /** Something may have changed. */
  look(): void {
    if (this.#closed) return;
    const { settings, people, clock: _, ...parts } = this.#parts;
    const now = performance.now();
    const attempt = this.#attempt;
    const going = attempt && attempt.stage !== 'returning' ? { ...attempt, stage: attempt.stage } : undefined;
    const snapshot: RouteSnapshot = {
      now,
      allowedByServer: parts.allowedByServer,
      allowedByRoom: parts.allowedByRoom,
      people: people().map(({ id, directAbility: ability, wishes, forcedMutes }) => ({
        id,
        ability,
        ceiling: wishes.ceiling,
        mutedByModerator: forcedMutes.size > 0,
        report: wishes.report,
      })),
      attempt: going,
    };
    const { state, route, reason } = decideRoute(this.#state, snapshot, settings, Math.random());
    this.#state = state;
    if (attempt?.stage === 'returning') {
      if (now - attempt.stageSince > returnMs) this.#close(attempt);
    } else if (route === 'sfu' && attempt) this.#end(attempt);
    else if (route === 'p2p' && !attempt) this.#begin(now);
    // Two ways at once are told as the one that is proven.
    this.#announce({ route: this.#attempt?.stage === 'direct' ? 'p2p' : 'sfu', reason });
  }

  close(): void {
    this.#closed = true;
    this.#stopTicking();
  }

  #begin(now: number): void {
    // By id, so that it does not depend on who came first.
    const [offerer, answerer] = [...this.#parts.people()].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (!offerer || !answerer) return;
    const id = randomId(16) as AttemptId;
    this.#attempt = {
      id,
      pair: [offerer, answerer],
      stage: 'trying',
      startedAt: now,
      stageSince: now,
      broken: undefined,
      said: new Map(),
      described: new Set(),
      candidates: new Map(),
    };
    this.#parts.log.debug({ attempt: id }, 'direct path is tried');
    for (const [one, other, offers] of [
      [offerer, answerer, true],
      [answerer, offerer, false],
    ] as const)
      one.outbox.notify('directRequested', { attemptId: id, participantId: other.id, offers });
  }

  #end(attempt: Attempt): void {
    if (attempt.stage === 'trying') return this.#close(attempt);
    this.#enter(attempt, 'returning');
    for (const one of attempt.pair) this.#parts.rest(one, false);
    this.#tell(attempt, 'return');
  }

  #close(attempt: Attempt): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    this.#tell(attempt, 'close');
  }

  #enter(attempt: Attempt, stage: Attempt['stage']): void {
    attempt.stage = stage;
    attempt.stageSince = performance.now();
  }

  #tell({ id, pair }: Attempt, step: DirectStep): void {
    const here = this.#parts.people();
    for (const one of pair) if (here.includes(one)) one.outbox.notify('directStep', { attemptId: id, step });
  }

  #announce(route: Route): void {
    if (route.route === this.#told.route && route.reason === this.#told.reason) return;
    if (route.route !== this.#told.route) this.#parts.log.info(route, 'route changed');
    this.#told = route;
    this.#parts.changed(route);
    for (const { outbox } of this.#parts.people()) outbox.notify('routeChanged', route);
  }

  #attemptOf(from: Participant, attemptId: AttemptId): { attempt: Attempt; to: Participant } {
    const attempt = this.#attempt;
    const to = attempt?.pair.find((one) => one !== from);
    // The same for one that is over, one of others and one that never was: who does not take part learns nothing.
    if (!attempt || !to || attempt.id !== attemptId || !attempt.pair.includes(from))
      throw new Refusal('not-found', 'attemptId');
    return { attempt, to };
  }
}
