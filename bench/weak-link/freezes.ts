interface Span {
  from: number;
  to: number;
}

/** A gap between two pictures is a freeze when it is longer than this, and than so many usual ones. */
const shortestFreezeMs = 300;
const usualGaps = 3;
/** The usual gap is the mean of as many before. */
const remembered = 30;
const calmMs = 5000;

/**
 * Time in which a moving picture stood still, between pictures that came onto the screen. A low frame rate is no freeze;
 * a gap counts with its whole length, less what the page itself explained by marking the picture as held back.
 * @param pictures in order, also those before the window
 */
export function frozenTime(
  pictures: readonly { at: number }[],
  window: Span,
  explained: readonly Span[],
): { ms: number; gaps: Span[] } {
  const gaps: Span[] = [];
  const usual: number[] = [];
  let ms = 0;
  const moments = pictures.map(({ at }) => at).filter((at) => at < window.to);
  for (const [index, at] of [...moments, window.to].entries()) {
    const before = moments[index - 1];
    if (before === undefined) continue;
    const gap = at - before;
    const mean = usual.reduce((sum, one) => sum + one, 0) / Math.max(1, usual.length);
    if (gap <= Math.max(shortestFreezeMs, usualGaps * mean)) {
      usual.push(gap);
      if (usual.length > remembered) usual.shift();
      continue;
    }
    const span = { from: Math.max(before, window.from), to: at };
    const length = span.to - span.from - overlap(span, explained);
    if (length <= 0) continue;
    ms += length;
    gaps.push(span);
  }
  return { ms, gaps };
}

/** @returns the first moment after which nothing happened for a while; undefined: there is none in the window */
export function calmSince(troubles: readonly Span[], { from, to }: Span): number | undefined {
  let since = from;
  for (const trouble of troubles.toSorted((a, b) => a.from - b.from)) {
    if (trouble.from - since >= calmMs) return since;
    since = Math.max(since, trouble.to);
  }
  return to - since >= calmMs ? since : undefined;
}

/** @returns ms of the span that lie in one of the others */
export function overlap(span: Span, others: readonly Span[]): number {
  return others.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)),
    0,
  );
}
