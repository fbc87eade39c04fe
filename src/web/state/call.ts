import { batch, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type {
  ConnectionQuality,
  ConnectionState,
  HeldBackReason,
  MediaRoute,
  MediaSource,
  MediaState,
  Meeting,
  MeetingErrorCode,
  ParticipantId,
  ProducerId,
  RemoteParticipant,
} from '../../client/index.ts';
import type { AudioOutput } from './audio-output.ts';
import type { CallNews } from './call-news.ts';
import { ceilingOf } from './data-choice.ts';
import type { DataUse } from './data-use.ts';
import type { LocalMedia } from './local-media.ts';
import type { SourceKind } from './local-source.ts';
import { watchMutedSpeech } from './muted-speech.ts';
import { OwnAdvice } from './own-advice.ts';
import type { PageView } from './page-view.ts';
import { type Feed, isOn, type Person, snapshot } from './people.ts';
import { Publishing } from './publishing.ts';
import type { AdviceOffer } from './quality-advice.ts';
import { ScreenSharing } from './screen-sharing.ts';
import { Stage, screenKey, selfKey } from './stage.ts';
import { stageViews } from './stage-views.ts';
import { VideoSubscriptions } from './video-subscriptions.ts';

/** dBov above which somebody counts as speaking; the server sends nothing quieter than its own threshold anyway. */
const speakingVolume = -70;
/** How many past speakers are worth remembering for the order of tiles. */
const rememberedSpeakers = 12;

export interface CallParts {
  meeting: Meeting;
  media: LocalMedia;
  dataUse: DataUse;
  audio: AudioOutput;
  page: PageView;
  mediaDevices: MediaDevices | undefined;
  tell: (news: CallNews) => void;
  onEnd: (reason: MeetingErrorCode, detail: string) => void;
}

/** Why a video that is on does not come; audio-only: our own choice. */
export type PauseReason = HeldBackReason | 'audio-only';

/** A stay in a meeting as signals: the SDK's events in, what the views show out. */
export class Call {
  readonly meeting: Meeting;
  readonly media: LocalMedia;
  readonly audio: AudioOutput;
  readonly dataUse: DataUse;
  readonly advice: OwnAdvice;
  readonly stage: Stage;
  readonly sharing: ScreenSharing;
  readonly #publishing: Publishing;
  readonly #subscriptions: VideoSubscriptions;
  readonly #tell: CallParts['tell'];
  readonly #onEnd: CallParts['onEnd'];
  readonly #people = signal<readonly Person[]>([]);
  readonly #connection = signal<ConnectionState>('connected');
  readonly #mediaState = signal<MediaState>('idle');
  readonly #route: Signal<MediaRoute>;
  readonly #speaking = signal<ReadonlySet<string>>(new Set());
  readonly #pastSpeakers = signal<readonly string[]>([]);
  readonly #heldBack = signal<ReadonlyMap<ProducerId, HeldBackReason>>(new Map());
  readonly #quality = signal<ReadonlyMap<string, ConnectionQuality>>(new Map());
  readonly #disposals: (() => void)[] = [];
  /** It was on when video was switched off altogether. */
  #cameraAfterwards = false;
  #over = false;

  constructor(parts: CallParts) {
    const { meeting, media, audio, dataUse } = parts;
    this.meeting = meeting;
    this.media = media;
    this.audio = audio;
    this.dataUse = dataUse;
    this.#tell = parts.tell;
    this.#onEnd = parts.onEnd;
    this.#people.value = [...meeting.participants.values()].map(snapshot);
    this.#connection.value = meeting.connection;
    this.#mediaState.value = meeting.media;
    this.#route = signal(meeting.route);
    this.stage = new Stage(this.#people, this.#pastSpeakers, this.canPublish);
    this.sharing = new ScreenSharing(meeting, parts.mediaDevices);
    // Before anything is sent or asked for.
    this.#disposals.push(
      effect(() => {
        meeting.setDataCeiling(ceilingOf(dataUse.choice.value));
        const { audioOnly } = dataUse;
        untracked(() => this.#restCamera(audioOnly));
      }),
    );
    this.#publishing = new Publishing(meeting, media, (error) =>
      parts.tell({ what: 'publish-failed', error }),
    );
    this.#subscriptions = new VideoSubscriptions(meeting, (error) => {
      // Lost while reconnecting: the SDK asks again by itself.
      if (this.#connection.peek() === 'connected') parts.tell({ what: 'problem', error });
    });
    this.#listen();
    const { page } = parts;
    this.#disposals.push(
      () => page.close(),
      effect(() => {
        const { placed } = this.stage.arrangement.value;
        meeting.setViews(page.visible.value ? stageViews(this.#people.value, placed, page.scale.value) : []);
      }),
    );
    this.#disposals.push(effect(() => this.#subscriptions.show(this.#videoOnStage())));
    this.#disposals.push(
      effect(() => {
        const { value: microphone } = media.microphone.state;
        if (!this.#publishing.muted.value || microphone.name !== 'on') return undefined;
        const unmute = () => this.#publishing.setMuted(false);
        return watchMutedSpeech(microphone.track, () => parts.tell({ what: 'speaking-muted', unmute }));
      }),
    );
    this.#disposals.push(effect(() => this.audio.play(audioTracks(this.#people.value))));
    this.advice = new OwnAdvice(() => ({
      quality: this.#connection.peek() === 'connected' ? this.#quality.peek().get(selfKey) : undefined,
      cameraOn: media.camera.track !== undefined,
      dataUse: dataUse.choice.peek(),
    }));
    this.#disposals.push(() => this.advice.close());
  }

  get people(): ReadonlySignal<readonly Person[]> {
    return this.#people;
  }
  get connection(): ReadonlySignal<ConnectionState> {
    return this.#connection;
  }
  get mediaState(): ReadonlySignal<MediaState> {
    return this.#mediaState;
  }
  /** Through the server or directly, and why. */
  get route(): ReadonlySignal<MediaRoute> {
    return this.#route;
  }
  /** Ids of who is heard now; `self` for us. */
  get speaking(): ReadonlySignal<ReadonlySet<string>> {
    return this.#speaking;
  }
  /** Videos that do not come now, and why. */
  get heldBack(): ReadonlySignal<ReadonlyMap<ProducerId, HeldBackReason>> {
    return this.#heldBack;
  }
  /** By participant; `self` for us. */
  get quality(): ReadonlySignal<ReadonlyMap<string, ConnectionQuality>> {
    return this.#quality;
  }
  /** undefined: it comes, or is off. */
  pauseReason(feed: Feed | undefined): PauseReason | undefined {
    if (!feed || !isOn(feed)) return undefined;
    return this.dataUse.audioOnly ? 'audio-only' : this.#heldBack.value.get(feed.producerId);
  }
  get muted(): ReadonlySignal<boolean> {
    return this.#publishing.muted;
  }
  get canPublish(): boolean {
    return this.may('publish');
  }

  /** The server decides; this only hides what it would refuse. */
  may(right: 'publish' | 'invite' | 'moderate' | 'end-meeting'): boolean {
    return this.meeting.self.rights.has(right);
  }

  get microphoneOn(): boolean {
    return this.media.microphone.state.value.name === 'on' && !this.#publishing.muted.value;
  }
  get cameraOn(): boolean {
    return this.media.camera.state.value.name === 'on';
  }

  async toggleMicrophone(): Promise<void> {
    if (!this.canPublish) return;
    if (this.media.microphone.track) return this.#publishing.setMuted(!this.#publishing.muted.peek());
    this.#publishing.setMuted(false);
    await this.#turnOn('microphone');
  }

  async toggleCamera(): Promise<void> {
    if (!this.canPublish) return;
    if (this.dataUse.audioOnly) return this.#tellAudioOnly(() => (this.#cameraAfterwards = true));
    if (this.media.camera.track) this.media.camera.stop();
    else await this.#turnOn('camera');
  }

  async toggleSharing(): Promise<void> {
    if (!this.canPublish || !this.sharing.possible) return;
    if (this.sharing.state.peek() === 'on') return this.sharing.stop();
    if (this.dataUse.audioOnly) return this.#tellAudioOnly();
    try {
      await this.sharing.start();
    } catch (error) {
      // The SDK's errors have words of their own; what browsers say is for developers.
      const fromSdk =
        typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
      this.#tell(fromSdk ? { what: 'problem', error } : { what: 'share-failed' });
    }
  }

  take(offer: AdviceOffer): void {
    this.advice.help();
    switch (offer.do) {
      case 'camera-off':
        return this.media.camera.stop();
      case 'less-data':
        return this.dataUse.choose(offer.choice);
      case 'audio-only':
        return this.dataUse.choose('audio-only');
    }
  }

  mute(id: ParticipantId, source: MediaSource): Promise<void> {
    return this.#attempt(this.meeting.muteParticipant(id, source));
  }
  remove(id: ParticipantId): Promise<void> {
    return this.#attempt(this.meeting.removeParticipant(id));
  }
  endForAll(): Promise<void> {
    return this.#attempt(this.meeting.endMeeting());
  }

  async leave(): Promise<void> {
    await this.meeting.leave();
    this.#end('left', '');
  }

  /** Also without an end of the meeting: the page goes elsewhere. Idempotent. */
  close(): void {
    this.#over = true;
    for (const dispose of this.#disposals.splice(0)) dispose();
    this.#subscriptions.close();
    this.#publishing.close();
    void this.sharing.stop();
    this.audio.close();
    void this.meeting.leave();
  }

  async #turnOn(kind: SourceKind): Promise<void> {
    await this.media.turnOn(kind);
    const state = this.media.source(kind).state.peek();
    if (state.name === 'failed') this.#tell({ what: 'device-failed', kind, problem: state.problem });
  }

  /** With audio only nobody would see it: its light goes out meanwhile. */
  #restCamera(audioOnly: boolean): void {
    const { camera } = this.media;
    if (audioOnly) {
      const { name } = camera.state.peek();
      this.#cameraAfterwards = name === 'on' || name === 'starting';
      camera.stop();
    } else if (this.#cameraAfterwards) {
      this.#cameraAfterwards = false;
      void this.#turnOn('camera');
    }
  }

  #tellAudioOnly(before: () => void = () => undefined): void {
    const leave = () => {
      before();
      this.dataUse.leaveAudioOnly();
    };
    this.#tell({ what: 'audio-only', leave });
  }

  async #attempt(action: Promise<void>): Promise<void> {
    try {
      await action;
    } catch (error) {
      if (!this.#over) this.#tell({ what: 'problem', error });
    }
  }

  #end(reason: MeetingErrorCode, detail: string): void {
    if (this.#over) return;
    this.close();
    this.#onEnd(reason, detail);
  }

  #listen(): void {
    const { meeting } = this;
    const update = ({ participant }: { participant: RemoteParticipant }) => this.#update(participant);
    this.#disposals.push(
      meeting.on('participant-joined', ({ participant }) => {
        this.#update(participant);
        this.#tell({ what: 'joined', name: participant.displayName });
      }),
      meeting.on('participant-left', ({ participant, reason }) => {
        batch(() => {
          this.#people.value = this.#people.peek().filter((person) => person.id !== participant.id);
          this.#pastSpeakers.value = this.#pastSpeakers.peek().filter((id) => id !== participant.id);
        });
        this.#tell({ what: 'left', name: participant.displayName, reason });
      }),
      meeting.on('producer-added', ({ participant, producer }) => {
        this.#update(participant);
        if (producer.source === 'screen') this.#tell({ what: 'sharing', name: participant.displayName });
      }),
      meeting.on('producer-changed', update),
      meeting.on('track', update),
      meeting.on('producer-removed', ({ participant, producer }) => {
        this.#subscriptions.forget(producer.id);
        this.#update(participant);
      }),
      meeting.on('speakers', ({ speakers, dominant }) => this.#heard(speakers, dominant)),
      meeting.on('videos-held-back', ({ heldBack }) => {
        this.#heldBack.value = heldBack;
      }),
      meeting.on('connection-quality', () => {
        const known = [...meeting.quality].map(([id, quality]) => [this.#keyOf(id), quality] as const);
        this.#quality.value = new Map(known);
      }),
      meeting.on('connection', ({ state }) => {
        const before = this.#connection.peek();
        this.#connection.value = state;
        if (before === 'reconnecting' && state === 'connected') this.#tell({ what: 'reconnected' });
      }),
      meeting.on('media', ({ state }) => {
        this.#mediaState.value = state;
      }),
      meeting.on('route', (route) => {
        this.#route.value = route;
      }),
      meeting.on('publication-changed', ({ publication, mutedBy }) => {
        if (mutedBy !== undefined) this.#mutedBy(publication.source, mutedBy);
      }),
      meeting.on('problem', ({ error }) => this.#tell({ what: 'problem', error })),
      meeting.on('ended', ({ reason, error }) => this.#end(error?.code ?? reason, error?.detail ?? '')),
    );
  }

  #update(participant: RemoteParticipant): void {
    const person = snapshot(participant);
    const people = this.#people.peek();
    const known = people.some((other) => other.id === person.id);
    this.#people.value = known
      ? people.map((other) => (other.id === person.id ? person : other))
      : [...people, person];
  }

  #keyOf(id: ParticipantId): string {
    return id === this.meeting.self.id ? selfKey : id;
  }

  #heard(
    speakers: readonly { participantId: ParticipantId; volume: number }[],
    dominant: ParticipantId | undefined,
  ): void {
    const key = (id: ParticipantId) => this.#keyOf(id);
    batch(() => {
      const audible = speakers.filter((speaker) => speaker.volume > speakingVolume);
      const now = new Set(audible.map((speaker) => key(speaker.participantId)));
      // The same as before redraws nothing.
      if (!sameMembers(now, this.#speaking.peek())) this.#speaking.value = now;
      const latest = dominant === undefined || key(dominant) === selfKey ? undefined : dominant;
      const past = this.#pastSpeakers.peek();
      if (latest === undefined || past[0] === latest) return;
      this.#pastSpeakers.value = [latest, ...past.filter((id) => id !== latest)].slice(0, rememberedSpeakers);
    });
  }

  #mutedBy(source: MediaSource, by: ParticipantId): void {
    if (source === 'microphone') this.#publishing.setMuted(true);
    else if (source === 'camera') this.media.camera.stop();
    else void this.sharing.stop();
    this.#tell({ what: 'muted', source, by: this.meeting.participants.get(by)?.displayName });
  }

  #videoOnStage(): ReadonlySet<ProducerId> {
    const keys = new Set(this.stage.arrangement.value.placed.map((placed) => placed.key));
    const wanted = new Set<ProducerId>();
    for (const { id, feeds } of this.#people.value) {
      if (feeds.camera && keys.has(id)) wanted.add(feeds.camera.producerId);
      if (feeds.screen && keys.has(screenKey(id))) wanted.add(feeds.screen.producerId);
    }
    return wanted;
  }
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}

function audioTracks(people: readonly Person[]): ReadonlyMap<string, MediaStreamTrack> {
  const tracks = new Map<string, MediaStreamTrack>();
  for (const { feeds } of people) {
    for (const feed of [feeds.microphone, feeds['screen-audio']])
      if (feed?.track) tracks.set(feed.producerId, feed.track);
  }
  return tracks;
}
