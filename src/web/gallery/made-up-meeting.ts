import { Emitter } from '../../base/emitter.ts';
import type {
  ConnectionQuality,
  ConnectionState,
  DataCeiling,
  HeldBackReason,
  MediaRoute,
  MediaSource,
  MediaState,
  Meeting,
  MeetingEvents,
  ParticipantId,
  ProducerId,
  Publication,
  QualityReason,
  RemoteParticipant,
  RemoteProducer,
  Role,
  RoomId,
} from '../../client/index.ts';
import { madeUpLine, madeUpStats } from './made-up-numbers.ts';
import { paintedCamera, paintedScreen } from './painted-picture.ts';

export interface Scene {
  /** besides ourselves */
  people: number;
  role: Role;
  sharing: boolean;
  reconnecting: boolean;
  /** Some videos do not come, one for each reason. */
  held: boolean;
  /** Not everybody is well connected. */
  mixedLines: boolean;
  /** What is wrong with our own line. */
  own: QualityReason | undefined;
}

const names = [
  'Ada Lovelace',
  'Konrad Zuse',
  'Grace Hopper',
  'Emmy Noether',
  'Mária Telkes',
  'Jürgen Groß',
  'Şebnem Ferah',
  'Nguyễn Thị Minh',
  'Abū ʿAlī al-Ḥasan ibn al-Haytham',
  '山田 花子',
  'Олена Коваль',
  'Fatou Ndiaye',
  'Lars Ångström',
  'Chiara Rossi',
  'João Pereira',
  'Zoë Kravitz',
];

/** Stands in for the SDK's meeting: people who do nothing but be there, look and now and then speak. */
export class MadeUpMeeting implements Meeting {
  readonly self: Meeting['self'];
  readonly room = {
    id: 'r' as RoomId,
    name: 'Planungsrunde Frühjahr',
    invitationPath: '/m/r#invitation',
    code: 'abcd-efgh-ijkm',
  };
  readonly media: MediaState = 'connected';
  readonly participants = new Map<ParticipantId, RemoteParticipant>();
  readonly publications = new Map<MediaSource, Publication>();
  readonly heldBack = new Map<ProducerId, HeldBackReason>();
  readonly quality = new Map<ParticipantId, ConnectionQuality>();
  readonly route: MediaRoute = { path: 'sfu', reason: 'more-than-two' };
  dataCeiling: DataCeiling = { bitrate: 0, audioOnly: false };
  readonly #emitter = new Emitter<MeetingEvents>();
  readonly #timer: ReturnType<typeof setInterval>;
  connection: ConnectionState = 'connected';
  readonly #joinedAt = performance.now();
  #turn = 0;

  constructor(displayName: string, scene: Scene) {
    const rights = scene.role === 'viewer' ? ['subscribe'] : ['publish', 'subscribe', 'invite'];
    if (scene.role === 'moderator') rights.push('moderate', 'end-meeting');
    this.self = { id: 'self' as ParticipantId, displayName, role: scene.role, rights: new Set(rights) };
    if (scene.reconnecting) this.connection = 'reconnecting';
    for (let index = 0; index < scene.people; index++) this.#add(index, scene);
    if (scene.held) this.#hold();
    if (scene.mixedLines) this.#mixLines();
    if (scene.own) this.quality.set(this.self.id, { level: 'poor', reason: scene.own });
    setTimeout(() => this.#tellConditions(), 50);
    this.#timer = setInterval(() => this.#speak(), 2500);
    setTimeout(() => this.#speak(), 300);
  }

  on<N extends keyof MeetingEvents>(event: N, listener: (event: MeetingEvents[N]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  async publish(
    source: MediaSource,
    track: MediaStreamTrack,
    options?: { paused?: boolean },
  ): Promise<Publication> {
    const publication = new MadeUpPublication(source, track, options?.paused ?? false);
    this.publications.set(source, publication);
    return publication;
  }

  async subscribe(producerIds: Iterable<ProducerId>): Promise<void> {
    const wanted = new Set(producerIds);
    for (const participant of this.participants.values()) {
      for (const producer of participant.producers.values() as Iterable<{
        -readonly [K in keyof RemoteProducer]: RemoteProducer[K];
      }>) {
        if (!wanted.has(producer.id) || producer.kind !== 'video') continue;
        const track =
          producer.source === 'screen'
            ? paintedScreen()
            : paintedCamera([...this.participants.keys()].indexOf(participant.id));
        producer.track = track;
        this.#emitter.emit('track', { participant, producer, track });
      }
    }
  }

  async unsubscribe(): Promise<void> {}
  setViews(): void {}
  setHideAddress(): void {}
  setDataCeiling(ceiling: DataCeiling): void {
    this.dataCeiling = ceiling;
  }
  async muteParticipant(id: ParticipantId, source: MediaSource): Promise<void> {
    const participant = this.participants.get(id);
    for (const producer of (participant?.producers.values() ?? []) as Iterable<{
      -readonly [K in keyof RemoteProducer]: RemoteProducer[K];
    }>) {
      if (!participant || producer.source !== source) continue;
      producer.paused = true;
      this.#emitter.emit('producer-changed', { participant, producer });
    }
  }
  async removeParticipant(id: ParticipantId): Promise<void> {
    const participant = this.participants.get(id);
    this.participants.delete(id);
    if (participant) this.#emitter.emit('participant-left', { participant, reason: 'removed' });
  }
  async endMeeting(): Promise<void> {
    this.#emitter.emit('ended', { reason: 'meeting-ended' });
  }
  async leave(): Promise<void> {
    clearInterval(this.#timer);
  }
  async stats() {
    return madeUpStats(this.participants.values(), this.#seconds);
  }
  get lineHistory() {
    return madeUpLine(Math.round(this.#seconds));
  }

  get #seconds(): number {
    return (performance.now() - this.#joinedAt) / 1000;
  }

  #hold(): void {
    const reasons = ['slow-connection', 'data-ceiling', 'not-shown'] as const;
    for (const [index, { producers }] of [...this.participants.values()].entries()) {
      const reason = reasons[index % 4];
      for (const { id, kind } of producers.values())
        if (reason && kind === 'video') this.heldBack.set(id, reason);
    }
  }

  #mixLines(): void {
    const lines: readonly ConnectionQuality[] = [
      { level: 'good' },
      { level: 'fair', reason: 'delay' },
      { level: 'poor', reason: 'uplink-loss' },
      { level: 'fair', reason: 'downlink-rate' },
    ];
    for (const [index, id] of [this.self.id, ...this.participants.keys()].entries())
      this.quality.set(id, lines[index % lines.length] ?? { level: 'good' });
  }

  #tellConditions(): void {
    if (this.heldBack.size > 0) this.#emitter.emit('videos-held-back', { heldBack: this.heldBack });
    for (const [participantId, quality] of this.quality)
      this.#emitter.emit('connection-quality', { participantId, ...quality });
  }

  #add(index: number, scene: Scene): void {
    const name = names[index % names.length] ?? 'Nobody';
    const id = `p${index}` as ParticipantId;
    const producers = new Map<ProducerId, RemoteProducer>();
    const add = (source: MediaSource, paused: boolean) => {
      const producerId = `${id}-${source}` as ProducerId;
      producers.set(producerId, {
        id: producerId,
        kind: source === 'microphone' ? 'audio' : 'video',
        source,
        paused,
      });
    };
    add('microphone', index % 3 === 1);
    add('camera', index % 4 === 3);
    if (scene.sharing && index === 0) add('screen', false);
    const role: Role = index === 1 ? 'moderator' : 'participant';
    this.participants.set(id, {
      id,
      displayName: index < names.length ? name : `${name} ${index}`,
      role,
      producers,
    });
  }

  #speak(): void {
    const talking = [...this.participants.keys()].filter((_, index) => index % 3 !== 1);
    const dominant = talking[this.#turn++ % Math.max(1, Math.min(3, talking.length))];
    if (dominant)
      this.#emitter.emit('speakers', { speakers: [{ participantId: dominant, volume: -30 }], dominant });
  }
}

class MadeUpPublication implements Publication {
  readonly source: MediaSource;
  track: MediaStreamTrack | null;
  paused: boolean;
  closed = false;

  constructor(source: MediaSource, track: MediaStreamTrack, paused: boolean) {
    this.source = source;
    this.track = track;
    this.paused = paused;
  }
  async mute(): Promise<void> {
    this.paused = true;
  }
  async unmute(): Promise<void> {
    this.paused = false;
  }
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}
