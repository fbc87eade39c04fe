import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Translation, translationFor } from '../languages/language.ts';
import { DataUse, type DeviceConnection } from './data-use.ts';
import { DeviceStorage } from './device-storage.ts';
import { MeetingsApi } from './meetings-api.ts';
import { type LookAtNetwork, lookAtNetwork } from './network-look.ts';
import { newsText } from './news-text.ts';
import { RecentMeetings } from './recent-meetings.ts';
import { Router } from './route.ts';
import { SettingsStore } from './settings.ts';
import { Toasts } from './toasts.ts';
import { Visit, type VisitParts } from './visit.ts';

/** Everything the page knows, built once; the views get it through a context. */
export class AppState {
  readonly settings: SettingsStore;
  readonly dataUse: DataUse;
  readonly recent: RecentMeetings;
  readonly router: Router;
  readonly api: MeetingsApi;
  readonly toasts = new Toasts();
  /** wss://host/signal */
  readonly signalUrl: string;
  /** False until the first screen has been drawn. */
  screenShown = false;
  readonly #translation: ReadonlySignal<Translation>;
  readonly #visit = signal<Visit | undefined>(undefined);

  /** @param look at the network, from the lobby; default: the real one */
  constructor(
    window: Window & typeof globalThis,
    loadSdk: VisitParts['loadSdk'],
    look: LookAtNetwork = (ended) => lookAtNetwork(this.signalUrl, ended),
  ) {
    const storage = new DeviceStorage(() => window.localStorage);
    this.settings = new SettingsStore(storage);
    const { connection } = window.navigator as Navigator & { connection?: DeviceConnection };
    this.dataUse = new DataUse(this.settings, connection);
    this.recent = new RecentMeetings(storage);
    this.router = new Router(window);
    this.api = new MeetingsApi((input, init) => window.fetch(input, init));
    const preferences = signal<readonly string[]>(window.navigator.languages);
    window.addEventListener('languagechange', () => {
      preferences.value = window.navigator.languages;
    });
    this.#translation = computed(() =>
      translationFor(this.settings.current.value.language, preferences.value),
    );
    this.signalUrl = `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/signal`;
    const parts: VisitParts = {
      settings: this.settings,
      dataUse: this.dataUse,
      recent: this.recent,
      mediaDevices: window.navigator.mediaDevices as MediaDevices | undefined,
      document: window.document,
      signalUrl: this.signalUrl,
      loadSdk,
      lookAtNetwork: look,
      ...newsText(this.toasts, () => this.#translation.peek().text),
      now: () => Date.now(),
    };
    effect(() => this.#follow(parts));
    effect(() => this.#dress(window.document));
    // Others see at once that we are gone, instead of after a time-out.
    window.addEventListener('pagehide', () => this.#visit.peek()?.close());
    // Brought back from the back/forward cache, everything has been closed.
    window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
  }

  get translation(): ReadonlySignal<Translation> {
    return this.#translation;
  }

  /** The meeting in the address bar, from its lobby on. */
  get visit(): ReadonlySignal<Visit | undefined> {
    return this.#visit;
  }

  /** Back to the lobby of the same meeting. */
  visitAgain(): void {
    const route = this.router.route.peek();
    if (route.name !== 'meeting') return;
    this.#renew?.();
  }

  #renew: (() => void) | undefined;

  #follow(parts: VisitParts): void {
    const route = this.router.route.value;
    this.#visit.peek()?.close();
    this.#renew = undefined;
    if (route.name !== 'meeting') {
      this.#visit.value = undefined;
      return;
    }
    this.#renew = () => {
      this.#visit.peek()?.close();
      this.#visit.value = new Visit(route, parts);
    };
    this.#renew();
  }

  /** Theme and language belong to the document, not to a view. */
  #dress(document: Document): void {
    const { theme } = this.settings.current.value;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.documentElement.lang = this.#translation.value.locale;
  }
}
