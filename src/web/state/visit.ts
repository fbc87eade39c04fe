import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { JoinOptions, Meeting, MeetingErrorCode, Role } from '../../client/index.ts';
import { AudioOutput } from './audio-output.ts';
import { Call } from './call.ts';
import type { CallNews } from './call-news.ts';
import type { DataUse } from './data-use.ts';
import { type DeviceNews, LocalMedia } from './local-media.ts';
import { type LookAtNetwork, NetworkLook } from './network-look.ts';
import { PageView } from './page-view.ts';
import type { RecentMeetings } from './recent-meetings.ts';
import type { Route } from './route.ts';
import type { SettingsStore } from './settings.ts';

export type EndCode = MeetingErrorCode | 'unsupported';
export type VisitState =
  | { name: 'lobby' }
  | { name: 'joining' }
  | { name: 'meeting'; call: Call }
  /** problem: false when this is what the person wanted */
  | { name: 'ended'; code: EndCode; detail: string };

/** What a visit needs from the world around it. */
export interface VisitParts {
  settings: SettingsStore;
  dataUse: DataUse;
  recent: RecentMeetings;
  mediaDevices: MediaDevices | undefined;
  document: Document;
  /** wss://host/signal */
  signalUrl: string;
  /** The SDK, loaded when a lobby opens rather than with the start page. */
  loadSdk: () => Promise<{ joinMeeting: (options: JoinOptions) => Promise<Meeting> }>;
  lookAtNetwork: LookAtNetwork;
  tell: (news: CallNews) => void;
  tellDevice: (news: DeviceNews) => void;
  now: () => number;
}

/** From opening a meeting link to the end: lobby, joining, meeting, what comes after. */
export class Visit {
  readonly link: Extract<Route, { name: 'meeting' }>;
  readonly media: LocalMedia;
  readonly network: NetworkLook;
  readonly role: Role | undefined;
  readonly #parts: VisitParts;
  readonly #state = signal<VisitState>({ name: 'lobby' });
  readonly #disposals: (() => void)[] = [];
  #joining: AbortController | undefined;

  constructor(link: Extract<Route, { name: 'meeting' }>, parts: VisitParts) {
    this.link = link;
    this.role = roleInToken(link.token);
    this.#parts = parts;
    this.media = new LocalMedia(parts.mediaDevices, parts.settings, parts.tellDevice);
    this.network = new NetworkLook(parts.lookAtNetwork);
    // While somebody looks at the lobby there is time to load what joining needs.
    void parts.loadSdk().catch(() => undefined);
  }

  get state(): ReadonlySignal<VisitState> {
    return this.#state;
  }

  /** Why camera and microphone cannot work here at all. */
  get insecure(): boolean {
    return this.#parts.mediaDevices?.getUserMedia === undefined;
  }

  /** First look into the lobby: devices as last time. Viewers are asked for nothing. */
  async prepare(): Promise<void> {
    if (this.role === 'viewer' || this.insecure || this.#state.peek().name !== 'lobby') return;
    const { cameraOn, microphoneOn } = this.#parts.settings.current.peek();
    await this.media.start({ camera: cameraOn, microphone: microphoneOn });
  }

  async join(displayName: string): Promise<void> {
    if (this.#state.peek().name !== 'lobby') return;
    // What joining finds out now counts, and it gets the line for itself.
    this.network.end();
    this.#parts.settings.change({ displayName });
    this.#state.value = { name: 'joining' };
    this.#joining = new AbortController();
    const { signal: aborted } = this.#joining;
    try {
      const { joinMeeting } = await this.#parts.loadSdk();
      const meeting = await joinMeeting({
        url: this.#parts.signalUrl,
        token: this.link.token,
        displayName,
        client: 'plenum-web',
        hideAddress: this.#parts.settings.current.peek().hideAddress,
        signal: aborted,
      });
      if (aborted.aborted) return void meeting.leave();
      this.#enter(meeting);
    } catch (error) {
      if (aborted.aborted) return;
      const { code, detail, message } = describeFailure(error);
      this.media.close();
      this.#state.value = { name: 'ended', code, detail: [message, detail].filter(Boolean).join(' · ') };
    }
  }

  /** The page goes elsewhere. Idempotent. */
  close(): void {
    this.network.end();
    this.#joining?.abort();
    for (const dispose of this.#disposals.splice(0)) dispose();
    const state = this.#state.peek();
    if (state.name === 'meeting') state.call.close();
    this.media.close();
  }

  #enter(meeting: Meeting): void {
    const audio = new AudioOutput(this.#parts.document);
    // One effect per visit: the speaker may be changed at any time.
    this.#disposals.push(effect(() => void audio.useSpeaker(this.#parts.settings.current.value.speakerId)));
    this.#disposals.push(
      effect(() => meeting.setHideAddress(this.#parts.settings.current.value.hideAddress)),
    );
    const call = new Call({
      meeting,
      media: this.media,
      dataUse: this.#parts.dataUse,
      audio,
      page: new PageView(this.#parts.document),
      mediaDevices: this.#parts.mediaDevices,
      tell: this.#parts.tell,
      onEnd: (code, detail) => {
        this.media.close();
        this.#state.value = { name: 'ended', code, detail };
      },
    });
    if (this.#parts.settings.current.peek().rememberMeetings) {
      this.#parts.recent.add({
        roomId: this.link.roomId,
        name: meeting.room.name,
        path: this.link.path,
        moderator: call.may('moderate'),
        visitedAt: this.#parts.now(),
      });
    }
    const { dataUse } = this.#parts;
    if (dataUse.byDevice) {
      const lift = () => dataUse.choose('automatic');
      this.#parts.tell({ what: 'saving-data', choice: dataUse.choice.peek(), lift });
    }
    this.#state.value = { name: 'meeting', call };
  }
}

/**
 * The role a join token carries, for the look of the lobby only: nothing is checked here, the server decides.
 * undefined when it cannot be read.
 */
export function roleInToken(token: string): Role | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const role = typeof claims === 'object' && claims !== null && 'role' in claims ? claims.role : undefined;
    return role === 'moderator' || role === 'participant' || role === 'viewer' ? role : undefined;
  } catch {
    return undefined;
  }
}

function describeFailure(error: unknown): { code: EndCode; detail: string; message: string } {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    const { code, detail, message } = error as { code: EndCode; detail?: string; message?: string };
    return { code, detail: detail ?? '', message: message ?? '' };
  }
  // A chunk of the page could not be loaded: no network, or the server has been updated since.
  return { code: error instanceof TypeError ? 'not-loaded' : 'internal', detail: '', message: String(error) };
}
