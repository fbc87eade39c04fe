export interface BandLabel {
  x: number;
  label: string;
  /** Line below each other in which it is written. */
  lane: number;
  anchor: 'start' | 'end';
}

/** Of 12 px, generously. */
const charWidth = 6.6;
const space = 8;
const mostLanes = 4;

/**
 * Finds a line for each label, so that those of short bands do not run into their neighbours.
 * Labels for which there is no room are left out.
 */
export function bandLanes(labels: readonly { x: number; label: string }[], end: number): BandLabel[] {
  const filledTo: number[] = [];
  return labels.flatMap(({ x, label }): BandLabel[] => {
    const length = label.length * charWidth;
    // At the right edge it is written to the left.
    const over = x + length > end;
    const from = over ? end - length : x;
    const lane = Array.from({ length: mostLanes }, (_, index) => index).find(
      (index) => (filledTo[index] ?? Number.NEGATIVE_INFINITY) <= from,
    );
    if (lane === undefined) return [];
    filledTo[lane] = from + length + space;
    return [{ x: over ? end : x, label, lane, anchor: over ? 'end' : 'start' }];
  });
}
