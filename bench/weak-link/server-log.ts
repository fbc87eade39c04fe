import type { DownlinkEntry } from './measures.ts';

/** Picks what the server decided about one receiver's line out of its log (JSON, level debug). */
export class ServerLog {
  readonly entries: DownlinkEntry[] = [];
  #participant: string | undefined;

  add(line: string): void {
    const record = parse(line);
    // The page comes before everybody else.
    if (record?.['msg'] === 'participant joined') this.#participant ??= String(record['participant']);
    if (record?.['msg'] !== 'downlink' || record['participant'] !== this.#participant) return;
    const { time, phase, limit, estimate } = record;
    this.entries.push({
      at: typeof time === 'number' ? time : Date.parse(String(time)),
      phase: String(phase),
      // Infinity becomes null in JSON: no limit.
      limit: typeof limit === 'number' ? limit : undefined,
      estimate: typeof estimate === 'number' ? estimate : undefined,
      record,
    });
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
