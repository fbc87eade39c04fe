import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { type CloseReason, Refusal } from '../../protocol/errors.ts';
import type { ParticipantInfo, Role, RoomId } from '../../protocol/messages.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { TransportChange } from '../media/endpoint.ts';
import { RoomMedia } from '../media/room-media.ts';
import { type MediaSettings, srtpSuiteNames } from '../media/settings.ts';
import type { Traffic } from '../media/traffic.ts';
import type { Workers } from '../media/workers.ts';
import type { Participant } from './participant.ts';
import { Room } from './room.ts';
import type { Route } from './route.ts';
import type { RoomSettings } from './settings.ts';

/** What a meeting's record holds; rooms/directory keeps them. */
export interface MeetingRecord {
  id: RoomId;
  name: string;
  code: string;
  expiresAt: number;
  /** false: media always goes through the server */
  p2p?: boolean;
}
export interface MeetingRecords {
  find(id: RoomId): Promise<MeetingRecord | undefined>;
  /** Forgets the meeting: its links stop working. */
  end(id: RoomId): Promise<unknown>;
}
/** Checks join tokens; accounts/tokens does. */
export interface JoinTokenVerifier {
  /** @throws Refusal `token-invalid`, `token-expired` */
  verify(token: string): Promise<{ roomId: RoomId; role: Role }>;
}

export interface RoomRegistryParts {
  settings: RoomSettings;
  mediaSettings: MediaSettings;
  workers: Workers;
  traffic: Traffic;
  records: MeetingRecords;
  tokens: JoinTokenVerifier;
  clock: Clock;
  /** Path and fragment of the link that lets others in as participants. */
  invitationPath: (record: MeetingRecord) => Promise<string>;
  log: Log;
}

export interface RoomStats {
  rooms: number;
  /** rooms on more than one worker */
  roomsSpanning: number;
  participants: Record<Role, number>;
  /** the same people by how their media goes; alone in a room is sfu */
  participantsByRoute: Record<Route['route'], number>;
  /** open WebRTC transports by ICE state, DTLS state and protocol (udp, tcp; none before ICE has selected a path) */
  transports: { ice: string; dtls: string; protocol: string }[];
  producers: { audio: number; video: number };
  consumers: { audio: number; video: number };
  pipes: number;
}

/** The meetings that are going on. A meeting's room is opened by the first who joins and closed with the last who leaves. */
export class RoomRegistry {
  /** For metrics. */
  readonly events: Emitter<{
    transportChanged: TransportChange;
    joined: { role: Role };
    routeChanged: Route;
  }>;
  readonly #parts: RoomRegistryParts;
  readonly #rooms = new Map<RoomId, Promise<Room>>();
  readonly #open = new Set<Room>();
  readonly #lifecycle: Lifecycle<CloseReason>;

  constructor(parts: RoomRegistryParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.#lifecycle = new Lifecycle((reason) => this.#close(reason));
  }

  /** @throws Refusal `token-invalid`, `token-expired`, `room-ended`, `room-full`, `shutting-down`, `media-unavailable` */
  async join(
    token: string,
    displayName: string,
    outbox: Outbox,
  ): Promise<{ room: Room; participant: Participant; others: ParticipantInfo[] }> {
    const { roomId, role } = await this.#parts.tokens.verify(token);
    const record = await this.#parts.records.find(roomId);
    if (!record) throw new Refusal('room-ended');
    for (;;) {
      if (!this.#lifecycle.isOpen) throw new Refusal('shutting-down');
      const room = await this.#roomOf(record);
      // It can have become empty and closed while we waited for it.
      if (!room.isOpen) continue;
      const joined = room.join({ displayName, role, outbox });
      this.events.emit('joined', { role });
      return { room, ...joined };
    }
  }

  /** Ends a meeting for everybody and for good. */
  async end(room: Room, by: Participant): Promise<void> {
    by.log.info({}, 'meeting ended by a moderator');
    await this.#parts.records.end(room.id);
    await room.close('meeting-ended');
    this.#forget(room);
  }

  /** The server is reached at other addresses now: everybody is told. */
  addressesChanged(): void {
    for (const room of this.#open) room.addressesChanged();
  }

  close(reason: CloseReason): Promise<void> {
    return this.#lifecycle.close(reason);
  }

  stats(): RoomStats {
    const stats: RoomStats = {
      rooms: this.#open.size,
      roomsSpanning: 0,
      participants: { moderator: 0, participant: 0, viewer: 0 },
      participantsByRoute: { sfu: 0, p2p: 0 },
      transports: [],
      producers: { audio: 0, video: 0 },
      consumers: { audio: 0, video: 0 },
      pipes: 0,
    };
    for (const room of this.#open) {
      if (room.media.routerCount > 1) stats.roomsSpanning += 1;
      stats.pipes += room.media.pipeCount;
      stats.participantsByRoute[room.route.current.route] += room.participantCount;
      for (const { role } of room.participants) stats.participants[role] += 1;
      for (const endpoint of room.media.endpoints) {
        for (const { kind } of endpoint.producers()) stats.producers[kind] += 1;
        for (const { kind } of endpoint.openConsumers) stats.consumers[kind] += 1;
        for (const { iceState, dtlsState, iceSelectedTuple } of endpoint.transports) {
          stats.transports.push({
            ice: iceState,
            dtls: dtlsState,
            protocol: iceSelectedTuple?.protocol ?? 'none',
          });
        }
      }
    }
    return stats;
  }

  #roomOf(record: MeetingRecord): Promise<Room> {
    const existing = this.#rooms.get(record.id);
    if (existing) return existing;
    const opening = this.#openRoom(record).catch((error: unknown) => {
      this.#rooms.delete(record.id);
      throw error;
    });
    this.#rooms.set(record.id, opening);
    return opening;
  }

  async #openRoom(record: MeetingRecord): Promise<Room> {
    const { settings, mediaSettings, workers, traffic } = this.#parts;
    const log = this.#parts.log.child({ room: record.id });
    const media = await RoomMedia.create({
      workers,
      traffic,
      settings: mediaSettings,
      speakerIntervalMs: settings.speakerIntervalMs,
      clock: this.#parts.clock,
      transportChanged: (change) => this.events.emit('transportChanged', change),
      log,
    });
    try {
      const room = new Room({
        id: record.id,
        name: record.name,
        code: record.code,
        invitationPath: await this.#parts.invitationPath(record),
        maxParticipants: settings.maxParticipants,
        routerCapabilities: await media.routerCapabilities(),
        media,
        route: {
          settings: settings.p2p,
          // Between themselves browsers choose the suite, and a restriction could not be kept.
          allowedByServer:
            settings.p2p.mode === 'auto' &&
            srtpSuiteNames.every((name) => mediaSettings.srtpSuites.includes(name)),
          allowedByRoom: record.p2p ?? true,
          clock: this.#parts.clock,
        },
        log,
      });
      room.events.on('routeChanged', (route) => this.events.emit('routeChanged', route));
      room.events.on('empty', () => {
        this.#forget(room);
        void room.close('left');
      });
      this.#open.add(room);
      log.info({}, 'room opened');
      return room;
    } catch (error) {
      media.close();
      throw error;
    }
  }

  #forget(room: Room): void {
    this.#open.delete(room);
    this.#rooms.delete(room.id);
  }

  async #close(reason: CloseReason): Promise<void> {
    await Promise.all([...this.#open].map((room) => room.close(reason)));
    this.#open.clear();
    this.#rooms.clear();
    this.events.removeAll();
  }
}
