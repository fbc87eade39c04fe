import type { DataCeiling, ProducerId, ReceptionReport, View } from '../../protocol/messages.ts';

/** A report and when it came. */
export interface ReceivedReport extends ReceptionReport {
  /** ms, the server's clock */
  at: number;
}

/**
 * What a participant told about receiving: what is on the screen, how much may be spent, how media arrives. It belongs to
 * the participant, not to an endpoint: a worker that dies does not change what somebody looks at.
 */
export class Wishes {
  /** By producer; undefined until the first word: then everything that is subscribed counts as visible and large. */
  #views: ReadonlyMap<ProducerId, View> | undefined;
  #ceiling: DataCeiling = { bitrate: 0, audioOnly: false };
  #report: ReceivedReport | undefined;
  readonly #changed = new Set<() => void>();

  get views(): ReadonlyMap<ProducerId, View> | undefined {
    return this.#views;
  }

  get ceiling(): DataCeiling {
    return this.#ceiling;
  }

  get report(): ReceivedReport | undefined {
    return this.#report;
  }

  /** @returns stops telling */
  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  setViews(views: readonly View[]): void {
    this.#views = new Map(views.map((view) => [view.producerId, view]));
    this.#tell();
  }

  setCeiling(ceiling: DataCeiling): void {
    this.#ceiling = ceiling;
    this.#tell();
  }

  /** Looked at with the next look at this participant's line: a report hurries nobody. */
  setReport(report: ReceptionReport, now: number): void {
    this.#report = { ...report, at: now };
  }

  forgetReport(): void {
    this.#report = undefined;
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}
