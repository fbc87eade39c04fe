import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { DataChoice } from './data-choice.ts';
import type { SettingsStore } from './settings.ts';

/** Where the device asks to save data and nobody has said otherwise. */
const whenSaving: DataChoice = '250';

/** `navigator.connection` (Network Information API): not in every browser, and not in TypeScript's library. */
export interface DeviceConnection {
  readonly saveData?: boolean;
  addEventListener?(event: 'change', listener: () => void): void;
}

/** How much may be spent: what the person has chosen on this device, else what the device asks for. */
export class DataUse {
  readonly #settings: SettingsStore;
  readonly #saveData = signal(false);
  readonly #choice: ReadonlySignal<DataChoice>;
  #beforeAudioOnly: DataChoice = 'automatic';

  constructor(settings: SettingsStore, connection: DeviceConnection | undefined) {
    this.#settings = settings;
    this.#choice = computed(
      () => settings.current.value.dataUse ?? (this.#saveData.value ? whenSaving : 'automatic'),
    );
    const look = () => {
      this.#saveData.value = connection?.saveData === true;
    };
    look();
    connection?.addEventListener?.('change', look);
  }

  get choice(): ReadonlySignal<DataChoice> {
    return this.#choice;
  }

  get audioOnly(): boolean {
    return this.#choice.value === 'audio-only';
  }

  /** Nobody has chosen: the device asks to save data. */
  get byDevice(): boolean {
    return this.#settings.current.value.dataUse === undefined && this.#saveData.value;
  }

  choose(choice: DataChoice): void {
    const before = this.#choice.peek();
    if (choice === 'audio-only' && before !== 'audio-only') this.#beforeAudioOnly = before;
    this.#settings.change({ dataUse: choice });
  }

  /** Back to what was before. */
  leaveAudioOnly(): void {
    this.choose(this.#beforeAudioOnly);
  }
}
