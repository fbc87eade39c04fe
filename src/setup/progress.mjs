import { stripVTControlCharacters } from 'node:util';

const tickMs = 500;
const heartbeatMs = 20_000;

/**
 * Shows what the set-up is doing: on a terminal one moving line with the time and the command's latest output, elsewhere a
 * line when a step starts and ends and a sign of life in between.
 */
export class Progress {
  #out;
  #now;
  #step;
  #latest = '';
  #timer;

  /** @param {NodeJS.WriteStream} out @param {() => number} now ms */
  constructor(out = process.stdout, now = () => performance.now()) {
    this.#out = out;
    this.#now = now;
  }

  /** @param {string} name @param {string} title @param {string} usual how long it usually takes, in words */
  start(name, title, usual) {
    this.#step = { name, since: this.#now() };
    this.#latest = '';
    this.#print(`${name.padEnd(13)} ${title} (usually ${usual})`);
    this.#timer = setInterval(() => this.#tick(), this.#out.isTTY ? tickMs : heartbeatMs);
    this.#timer.unref();
  }

  /** The running command's latest output. @param {string} text */
  line(text) {
    // What a terminal would take as commands must not reach it from a command's output.
    this.#latest = stripVTControlCharacters(text)
      .replace(/\p{Cc}/gu, ' ')
      .trim();
  }

  /** Something worth keeping on the screen. @param {string} text */
  note(text) {
    this.#print(`${' '.repeat(13)} ${text}`);
  }

  done() {
    this.#stop();
    this.#print(`${this.#step.name.padEnd(13)} done in ${this.#elapsed()}`);
  }

  failed() {
    this.#stop();
    this.#print(`${this.#step.name.padEnd(13)} failed after ${this.#elapsed()}`);
  }

  #tick() {
    const text = `${this.#step.name.padEnd(13)} ${this.#elapsed()}  ${this.#latest}`;
    if (!this.#out.isTTY) this.#print(text.slice(0, 150));
    else this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #stop() {
    clearInterval(this.#timer);
  }

  #print(text) {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[K' : ''}${text}\n`);
  }

  #elapsed() {
    const seconds = (this.#now() - this.#step.since) / 1000;
    if (seconds < 60) return `${seconds.toFixed(1)} s`;
    return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }
}
