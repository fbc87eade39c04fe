import { type ReadonlySignal, signal } from '@preact/signals';
import { isLanguage, type Language } from '../languages/language.ts';
import { type DataChoice, isDataChoice } from './data-choice.ts';
import type { DeviceStorage } from './device-storage.ts';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

/** What a person has chosen and this device keeps. */
export interface Settings {
  displayName: string;
  theme: Theme;
  /** undefined: the browser's */
  language: Language | undefined;
  /** Device ids; empty: the system's default. */
  cameraId: string;
  microphoneId: string;
  speakerId: string;
  /** How they last joined. */
  cameraOn: boolean;
  microphoneOn: boolean;
  rememberMeetings: boolean;
  /** undefined: never chosen, see DataUse */
  dataUse: DataChoice | undefined;
  /** Nothing goes directly to another participant. */
  hideAddress: boolean;
  /** Shortcuts with single keys can be switched off (WCAG 2.1.4). */
  singleKeys: boolean;
}

const defaults: Settings = {
  displayName: '',
  theme: 'system',
  language: undefined,
  cameraId: '',
  microphoneId: '',
  speakerId: '',
  cameraOn: true,
  microphoneOn: true,
  rememberMeetings: true,
  dataUse: undefined,
  hideAddress: false,
  singleKeys: true,
};

export class SettingsStore {
  readonly #storage: DeviceStorage;
  readonly #current = signal<Settings>(defaults);

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
    this.#current.value = readSettings(storage.read('settings'));
  }

  get current(): ReadonlySignal<Settings> {
    return this.#current;
  }

  change(part: Partial<Settings>): void {
    this.#current.value = { ...this.#current.peek(), ...part };
    this.#storage.write('settings', this.#current.peek());
  }
}

/** Takes over what has the right type; everything else keeps its default. */
export function readSettings(stored: unknown): Settings {
  const found: Record<string, unknown> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  const text = (key: keyof Settings & string) =>
    typeof found[key] === 'string' ? found[key].slice(0, 256) : '';
  const flag = (key: 'cameraOn' | 'microphoneOn' | 'rememberMeetings' | 'hideAddress' | 'singleKeys') =>
    typeof found[key] === 'boolean' ? found[key] : defaults[key];
  return {
    displayName: text('displayName'),
    theme: themes.find((theme) => theme === found.theme) ?? 'system',
    language: isLanguage(found.language) ? found.language : undefined,
    cameraId: text('cameraId'),
    microphoneId: text('microphoneId'),
    speakerId: text('speakerId'),
    cameraOn: flag('cameraOn'),
    microphoneOn: flag('microphoneOn'),
    rememberMeetings: flag('rememberMeetings'),
    dataUse: isDataChoice(found.dataUse) ? found.dataUse : undefined,
    hideAddress: flag('hideAddress'),
    singleKeys: flag('singleKeys'),
  };
}
