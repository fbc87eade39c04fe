import { computed, type ReadonlySignal, signal } from '@preact/signals';
import {
  type Arrangement,
  arrange,
  keepUnmoved,
  type Placed,
  selfKey,
  type TileKey,
  type View,
} from './arrangement.ts';
import type { Box } from './grid-layout.ts';
import { isOn, type Person } from './people.ts';

export function screenKey(participantId: string): TileKey {
  return `screen:${participantId}`;
}

/** What the person has chosen to see, and the arrangement of tiles that follows from it. */
export class Stage {
  readonly #box = signal<Box>({ width: 0, height: 0 });
  readonly #view = signal<View>('grid');
  readonly #pinned = signal<TileKey | undefined>(undefined);
  readonly #page = signal(0);
  readonly #arrangement: ReadonlySignal<Arrangement>;

  constructor(
    people: ReadonlySignal<readonly Person[]>,
    speakers: ReadonlySignal<readonly TileKey[]>,
    showSelf: boolean,
  ) {
    const others = computed(() => people.value.filter(isOnStage).map((person) => person.id));
    const screens = computed(() =>
      people.value.filter((person) => person.feeds.screen).map((person) => screenKey(person.id)),
    );
    let before: readonly Placed[] = [];
    this.#arrangement = computed(() => {
      const arrangement = arrange({
        box: this.#box.value,
        others: others.value,
        screens: screens.value,
        showSelf,
        view: this.#view.value,
        pinned: this.#pinned.value,
        speakers: speakers.value,
        page: this.#page.value,
      });
      const kept = keepUnmoved(before, arrangement);
      before = kept.placed;
      return kept;
    });
  }

  get arrangement(): ReadonlySignal<Arrangement> {
    return this.#arrangement;
  }
  get view(): ReadonlySignal<View> {
    return this.#view;
  }
  get pinned(): ReadonlySignal<TileKey | undefined> {
    return this.#pinned;
  }

  resize(box: Box): void {
    const { width, height } = this.#box.peek();
    if (box.width !== width || box.height !== height) this.#box.value = box;
  }

  toggleView(): void {
    this.#pinned.value = undefined;
    this.#view.value = this.#view.peek() === 'grid' ? 'speaker' : 'grid';
  }

  togglePin(key: TileKey): void {
    this.#pinned.value = this.#pinned.peek() === key ? undefined : key;
  }

  unpin(): void {
    this.#pinned.value = undefined;
  }

  turnPage(by: number): void {
    const { page, pages } = this.#arrangement.peek();
    this.#page.value = Math.min(pages - 1, Math.max(0, page + by));
  }

  /** Keys on the stage now. */
  shows(key: TileKey): boolean {
    return this.#arrangement.value.placed.some((placed) => placed.key === key);
  }
}

/** Viewers have neither picture nor voice: they are in the list of participants only. */
function isOnStage(person: Person): boolean {
  return person.role !== 'viewer' || isOn(person.feeds.camera) || isOn(person.feeds.microphone);
}

export { selfKey };
