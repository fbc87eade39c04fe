import {
  type Box,
  placeDuo,
  placeGrid,
  placeSpotlight,
  planGrid,
  type Rectangle,
  tileRules,
} from './grid-layout.ts';

/** `self`, a participant's id, or `screen:` + the sharer's id. */
export type TileKey = string;
export type View = 'grid' | 'speaker';
export const selfKey: TileKey = 'self';

export interface StageSnapshot {
  box: Box;
  /** Others with a picture or a name on the stage, in the order they came. */
  others: readonly TileKey[];
  /** Shared screens, the latest last. */
  screens: readonly TileKey[];
  /** False for viewers, who have no picture. */
  showSelf: boolean;
  view: View;
  pinned: TileKey | undefined;
  /** Who spoke last, the latest first; others only. */
  speakers: readonly TileKey[];
  page: number;
}
export interface Placed {
  key: TileKey;
  rectangle: Rectangle;
  place: 'grid' | 'main' | 'strip' | 'corner';
}
export interface Arrangement {
  placed: readonly Placed[];
  page: number;
  pages: number;
  /** Tiles that found no room in the strip, and the place kept for saying so. */
  hidden: { count: number; rectangle: Rectangle } | undefined;
}

/** Kept free below the tiles for turning pages, in CSS pixels. */
const pagerHeight = 56;

/** Which tiles are on the stage, and where. Pure. */
export function arrange(stage: StageSnapshot): Arrangement {
  const rules = tileRules(stage.box);
  const spotlight = spotlightOf(stage);
  if (spotlight !== undefined) return arrangeSpotlight(stage, spotlight, rules.gap);
  const [only] = stage.others;
  // On an upright stage two tiles below each other show more of both.
  const wide = stage.box.width > stage.box.height;
  if (wide && stage.others.length === 1 && only !== undefined && stage.showSelf) {
    const { main, corner } = placeDuo(stage.box);
    const placed: Placed[] = [
      { key: only, rectangle: main, place: 'main' },
      { key: selfKey, rectangle: corner, place: 'corner' },
    ];
    return { placed, page: 0, pages: 1, hidden: undefined };
  }
  const all = stage.others.length + (stage.showSelf ? 1 : 0);
  const onePage = planGrid(stage.box, all, rules);
  const box = onePage.pages === 1 ? stage.box : { ...stage.box, height: stage.box.height - pagerHeight };
  const grid = onePage.pages === 1 ? onePage : planGrid(box, all, rules);
  const page = Math.min(Math.max(0, stage.page), grid.pages - 1);
  const ordered = gridOrder(stage, grid.perPage);
  const onPage = ordered.slice(page * grid.perPage, (page + 1) * grid.perPage);
  const rectangles = placeGrid(box, grid, onPage.length, rules.gap);
  const placed = onPage.flatMap((key, index): Placed[] => {
    const rectangle = rectangles[index];
    return rectangle ? [{ key, rectangle, place: 'grid' }] : [];
  });
  return { placed, page, pages: grid.pages, hidden: undefined };
}

/** Tiles that have not moved stay the same objects, so that nobody has to draw them anew. */
export function keepUnmoved(before: readonly Placed[], now: Arrangement): Arrangement {
  const known = new Map(before.map((tile) => [tile.key, tile]));
  return {
    ...now,
    placed: now.placed.map((tile) => {
      const former = known.get(tile.key);
      return former && isSamePlace(former, tile) ? former : tile;
    }),
  };
}

function isSamePlace(a: Placed, b: Placed): boolean {
  const [from, to] = [a.rectangle, b.rectangle];
  return (
    a.place === b.place &&
    from.x === to.x &&
    from.y === to.y &&
    from.width === to.width &&
    from.height === to.height
  );
}

function arrangeSpotlight(stage: StageSnapshot, main: TileKey, gap: number): Arrangement {
  const speakersFirst = [...stage.speakers.filter((key) => stage.others.includes(key)), ...stage.others];
  const rest = [
    ...new Set([...stage.screens.toReversed(), ...(stage.showSelf ? [selfKey] : []), ...speakersFirst]),
  ];
  const strip = rest.filter((key) => key !== main);
  const spots = placeSpotlight(stage.box, strip.length, gap);
  const lastSpot = spots.strip.at(-1);
  const overflowing = strip.length > spots.strip.length && lastSpot !== undefined;
  const shown = inSteadyOrder(strip.slice(0, spots.strip.length - (overflowing ? 1 : 0)), stage);
  const placed: Placed[] = [{ key: main, rectangle: spots.main, place: 'main' }];
  for (const [index, key] of shown.entries()) {
    const rectangle = spots.strip[index];
    if (rectangle) placed.push({ key, rectangle, place: 'strip' });
  }
  const hidden = overflowing ? { count: strip.length - shown.length, rectangle: lastSpot } : undefined;
  return { placed, page: 0, pages: 1, hidden };
}

/** Who gets a place depends on who speaks, but nobody moves just because somebody speaks. */
function inSteadyOrder(keys: readonly TileKey[], stage: StageSnapshot): TileKey[] {
  const steady = [...stage.screens.toReversed(), selfKey, ...stage.others];
  return keys.toSorted((a, b) => steady.indexOf(a) - steady.indexOf(b));
}

function spotlightOf(stage: StageSnapshot): TileKey | undefined {
  const there = new Set([...stage.others, ...stage.screens, ...(stage.showSelf ? [selfKey] : [])]);
  if (stage.pinned !== undefined && there.has(stage.pinned)) return stage.pinned;
  const screen = stage.screens.at(-1);
  if (screen !== undefined) return screen;
  if (stage.view === 'grid' || stage.others.length === 0) return undefined;
  return stage.speakers.find((key) => stage.others.includes(key)) ?? stage.others[0];
}

/**
 * Grid order: as people came, ourselves first. With several pages, whoever speaks comes to the first page and takes the
 * place of the one there who has been silent longest; nobody else moves.
 */
function gridOrder(stage: StageSnapshot, perPage: number): TileKey[] {
  const order = [...(stage.showSelf ? [selfKey] : []), ...stage.others];
  const silence = (key: TileKey) => {
    const at = stage.speakers.indexOf(key);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  };
  for (const speaker of stage.speakers.slice(0, Math.max(1, Math.floor(perPage / 2))).toReversed()) {
    const from = order.indexOf(speaker);
    if (from < perPage) continue;
    let to = -1;
    for (let index = perPage - 1; index >= 0; index--) {
      const key = order[index];
      if (key === undefined || key === selfKey) continue;
      if (to === -1 || silence(key) > silence(order[to] ?? '')) to = index;
    }
    if (to === -1) continue;
    const displaced = order[to];
    if (displaced === undefined) continue;
    order[to] = speaker;
    order[from] = displaced;
  }
  return order;
}
