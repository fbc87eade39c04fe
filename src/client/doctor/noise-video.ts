const width = 320;
const height = 180;
const frameMs = 50;

/** A video that cannot be compressed: it takes whatever bit rate it may have. Needs neither a camera nor anybody's consent. Paused at first. */
export class NoiseVideo {
  readonly track: MediaStreamTrack;
  readonly #context: CanvasRenderingContext2D;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @throws Error where there is no canvas that can be captured */
  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    const track = context && canvas.captureStream(1000 / frameMs).getVideoTracks()[0];
    if (!track) throw new Error('this browser cannot capture a canvas');
    this.#context = context;
    this.track = track;
  }

  play(): void {
    this.#timer ??= setInterval(() => this.#draw(), frameMs);
  }

  /** No new pictures: nothing is sent, and what has been counted stays counted. */
  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.pause();
    this.track.stop();
  }

  #draw(): void {
    const image = this.#context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let index = 0; index < pixels.length; index += 1)
      pixels[index] = 0xff000000 | Math.floor(Math.random() * 0x1000000);
    this.#context.putImageData(image, 0, 0);
  }
}
