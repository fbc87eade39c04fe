import { type ReadonlySignal, signal } from '@preact/signals';

/** Whether anybody can see this page, and how many device pixels a CSS pixel has. */
export class PageView {
  readonly #document: Document;
  readonly #visible = signal(true);
  readonly #scale = signal(1);
  readonly #update = () => this.#look();

  constructor(document: Document) {
    this.#document = document;
    document.addEventListener('visibilitychange', this.#update);
    // A video in a window of its own is seen although its page is not.
    document.addEventListener('enterpictureinpicture', this.#update);
    document.addEventListener('leavepictureinpicture', this.#update);
    // Zoom and another screen change the scale; both resize.
    document.defaultView?.addEventListener('resize', this.#update);
    this.#look();
  }

  get visible(): ReadonlySignal<boolean> {
    return this.#visible;
  }
  get scale(): ReadonlySignal<number> {
    return this.#scale;
  }

  close(): void {
    for (const event of ['visibilitychange', 'enterpictureinpicture', 'leavepictureinpicture'])
      this.#document.removeEventListener(event, this.#update);
    this.#document.defaultView?.removeEventListener('resize', this.#update);
  }

  #look(): void {
    this.#visible.value = !this.#document.hidden || Boolean(this.#document.pictureInPictureElement);
    this.#scale.value = this.#document.defaultView?.devicePixelRatio ?? 1;
  }
}
