import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { BrowserEngine } from '../../client/doctor/browser-engine.ts';
import { CheckConversation } from '../../client/doctor/check-conversation.ts';
import { englishTexts } from '../../client/doctor/english-texts.ts';
import { examine } from '../../client/doctor/examine.ts';
import { type Line, type LineId, lineIds } from '../../client/doctor/line.ts';
import { explain } from '../../client/doctor/texts.ts';
import { type Verdict, verdictOf } from '../../client/doctor/verdict.ts';
import { browserLines, deviceLines, tryDevice } from './browser-lines.ts';

/** The page /check: the doctor in a browser, with its lines as a signal. */
export class ConnectionCheck {
  readonly #window: Window & typeof globalThis;
  readonly #signalUrl: string;
  readonly #lines = signal<ReadonlyMap<LineId, Line>>(new Map());
  readonly #state = signal<'new' | 'running' | 'done'>('new');
  #conversation: CheckConversation | undefined;
  #closed = false;

  constructor(window: Window & typeof globalThis, signalUrl: string) {
    this.#window = window;
    this.#signalUrl = signalUrl;
  }

  /** In the order in which they are shown. */
  readonly lines: ReadonlySignal<readonly Line[]> = computed(() =>
    lineIds.flatMap((id) => this.#lines.value.get(id) ?? []),
  );

  /** undefined until it is known */
  readonly verdict: ReadonlySignal<Verdict | undefined> = computed(() =>
    this.#state.value === 'done' ? verdictOf(this.lines.value) : undefined,
  );

  get running(): boolean {
    return this.#state.value === 'running';
  }

  async run(): Promise<void> {
    if (this.#state.peek() === 'running' || this.#closed) return;
    this.#state.value = 'running';
    const tell = (line: Line) => this.#tell(line);
    for (const line of browserLines(this.#window)) tell(line);
    for (const line of await deviceLines(this.#devices)) if (!this.#isKnown(line.id)) tell(line);
    const conversation = new CheckConversation({ url: this.#signalUrl, client: 'plenum-web-check' });
    this.#conversation = conversation;
    await examine({ conversation, engine: new BrowserEngine(), tell });
    conversation.close();
    this.#state.value = 'done';
  }

  async tryDevice(id: 'camera' | 'microphone'): Promise<void> {
    this.#tell({ id, state: 'running', facts: {} });
    this.#tell(await tryDevice(this.#devices, id));
  }

  /** For support, in English whatever the page speaks. Names of devices stay here. */
  asText(): string {
    const rows = this.lines.value.map((line) => {
      const { id, facts } = line;
      const { detail: _, ...rest } = facts;
      const shown = id === 'camera' || id === 'microphone' ? { ...line, facts: rest } : line;
      const { name, state, result } = explain(shown, englishTexts);
      return `${name}: ${[state, result].filter(Boolean).join(', ')}`;
    });
    const verdict = this.verdict.value;
    return [
      `Plenum, ${new Date().toISOString()}`,
      this.#window.navigator.userAgent,
      ...(verdict ? [englishTexts.verdicts[verdict.code]] : []),
      '',
      ...rows,
    ].join('\n');
  }

  close(): void {
    this.#closed = true;
    this.#conversation?.close();
  }

  get #devices(): MediaDevices | undefined {
    return this.#window.navigator.mediaDevices as MediaDevices | undefined;
  }

  /** Somebody has tried it already. */
  #isKnown(id: LineId): boolean {
    const state = this.#lines.peek().get(id)?.state;
    return state === 'passed' || state === 'running';
  }

  #tell(line: Line): void {
    if (!this.#closed) this.#lines.value = new Map(this.#lines.peek()).set(line.id, line);
  }
}
