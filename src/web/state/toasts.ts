import { type ReadonlySignal, signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  /** alert: something went wrong and must not be missed */
  tone: 'info' | 'alert';
  action?: { label: string; run: () => void };
}

const shownMs = 5_000;
/** With something to press: long enough to reach it with the keyboard. */
const actionShownMs = 20_000;
const atOnce = 4;

/** Short messages at the edge of the screen, read out by screen readers. */
export class Toasts {
  readonly #list = signal<readonly Toast[]>([]);
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;

  get list(): ReadonlySignal<readonly Toast[]> {
    return this.#list;
  }

  /** @returns a function that takes it away again */
  show(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): () => void {
    // The same message twice says nothing new.
    for (const same of this.#list.peek().filter((toast) => toast.text === text)) this.dismiss(same.id);
    const id = this.#next++;
    const toast: Toast = {
      id,
      text,
      tone: options.tone ?? 'info',
      ...(options.action ? { action: options.action } : {}),
    };
    this.#list.value = [...this.#list.peek(), toast].slice(-atOnce);
    this.hold(id, false);
    return () => this.dismiss(id);
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#list.value = this.#list.peek().filter((toast) => toast.id !== id);
  }

  /** A message stays while the pointer or the focus is on it. */
  hold(id: number, held: boolean): void {
    clearTimeout(this.#timers.get(id));
    if (held) return;
    const toast = this.#list.peek().find((other) => other.id === id);
    if (toast)
      this.#timers.set(
        id,
        setTimeout(() => this.dismiss(id), toast.action ? actionShownMs : shownMs),
      );
  }

  clear(): void {
    for (const toast of this.#list.peek()) this.dismiss(toast.id);
  }
}
