/** One reading of a Prometheus text page: the sums over all labels, by name. */
export type ServerMetrics = ReadonlyMap<string, number>;

const fetchLimitMs = 5000;

/** @returns undefined when the page cannot be had: it is an extra witness, not a condition */
export async function readServerMetrics(url: string | undefined): Promise<ServerMetrics | undefined> {
  if (url === undefined) return undefined;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(fetchLimitMs) });
    return answer.ok ? parseMetrics(await answer.text()) : undefined;
  } catch {
    return undefined;
  }
}

export function parseMetrics(text: string): ServerMetrics {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(\S+)/.exec(line);
    if (!found) continue;
    const [, name = '', value = ''] = found;
    const number = Number(value);
    if (Number.isFinite(number)) sums.set(name, (sums.get(name) ?? 0) + number);
  }
  return sums;
}
