/** How tiles share the stage. Pure: sizes in CSS pixels in, rectangles out. */
export interface Box {
  width: number;
  height: number;
}
export interface Rectangle extends Box {
  x: number;
  y: number;
}
export interface TileRules {
  gap: number;
  /** width / height a tile may have: cameras deliver 16:9, faces survive being cropped to less */
  minAspect: number;
  maxAspect: number;
  /** below this a face is no longer recognised: rather another page */
  minWidth: number;
  minHeight: number;
  /** on one page */
  maxTiles: number;
}
export interface Grid {
  columns: number;
  rows: number;
  tile: Box;
  perPage: number;
  pages: number;
}

/** Narrow stages (phones) may crop to upright tiles and show fewer at a time. */
export function tileRules(stage: Box): TileRules {
  const narrow = stage.width < 600;
  return {
    gap: narrow ? 6 : 10,
    minAspect: narrow ? 3 / 4 : 4 / 3,
    maxAspect: 16 / 9,
    minWidth: narrow ? 120 : 116,
    minHeight: narrow ? 100 : 64,
    maxTiles: narrow ? 12 : 49,
  };
}

/** The grid that gives `count` tiles the most area, on as few pages as the smallest tile size allows. */
export function planGrid(stage: Box, count: number, rules: TileRules): Grid {
  const wanted = Math.max(1, Math.min(count, rules.maxTiles));
  for (let perPage = wanted; perPage > 1; perPage--) {
    const best = bestGrid(stage, perPage, rules);
    if (best.tile.width >= rules.minWidth && best.tile.height >= rules.minHeight)
      return withPages(best, perPage, count);
  }
  return withPages(bestGrid(stage, 1, rules), 1, count);
}

function withPages(best: Pick<Grid, 'columns' | 'rows' | 'tile'>, perPage: number, count: number): Grid {
  const pages = Math.max(1, Math.ceil(count / perPage));
  return { ...best, perPage, pages };
}

function bestGrid(stage: Box, count: number, rules: TileRules): Pick<Grid, 'columns' | 'rows' | 'tile'> {
  let best = { columns: 1, rows: count, tile: tileIn(stage, 1, count, rules) };
  for (let columns = 2; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    // The same rows with fewer columns hold all tiles as well, and larger.
    if (Math.ceil(count / (columns - 1)) === rows && rows > 1 && columns * rows - count >= rows) continue;
    const tile = tileIn(stage, columns, rows, rules);
    if (worth(tile) > worth(best.tile)) best = { columns, rows, tile };
  }
  return best;
}

/** Area, and a little of how large a face becomes when a 16:9 picture fills the tile: upright tiles show it larger. */
function worth({ width, height }: Box): number {
  return width * height * Math.sqrt(Math.max(width / 16, height / 9));
}

function tileIn(stage: Box, columns: number, rows: number, rules: TileRules): Box {
  const width = Math.max(1, (stage.width - rules.gap * (columns - 1)) / columns);
  const height = Math.max(1, (stage.height - rules.gap * (rows - 1)) / rows);
  return fit({ width, height }, rules);
}

/** The largest tile of an allowed shape inside the box. */
function fit(box: Box, rules: Pick<TileRules, 'minAspect' | 'maxAspect'>): Box {
  const aspect = box.width / box.height;
  if (aspect > rules.maxAspect)
    return { width: Math.floor(box.height * rules.maxAspect), height: Math.floor(box.height) };
  if (aspect < rules.minAspect)
    return { width: Math.floor(box.width), height: Math.floor(box.width / rules.minAspect) };
  return { width: Math.floor(box.width), height: Math.floor(box.height) };
}

/** Rectangles of one page, row by row, centred; the last row too. */
export function placeGrid(stage: Box, grid: Grid, onPage: number, gap: number): Rectangle[] {
  const columns = Math.min(grid.columns, onPage);
  const rows = Math.ceil(onPage / grid.columns);
  const { width, height } = grid.tile;
  const top = (stage.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: onPage }, (_, index) => {
    const row = Math.floor(index / grid.columns);
    const inRow = row === rows - 1 ? onPage - row * grid.columns : columns;
    const left = (stage.width - inRow * width - (inRow - 1) * gap) / 2;
    return {
      x: Math.round(left + (index % grid.columns) * (width + gap)),
      y: Math.round(top + row * (height + gap)),
      width,
      height,
    };
  });
}

export interface Spotlight {
  main: Rectangle;
  strip: Rectangle[];
}

/** One tile large, the others in a strip beside it, on the side where it costs the large one least. */
export function placeSpotlight(stage: Box, others: number, gap: number): Spotlight {
  if (others === 0) return { main: { x: 0, y: 0, ...stage }, strip: [] };
  const wide = stage.width / stage.height > 1.2;
  // Thumbnails keep 16:9; a strip takes about a fifth, within limits at which names stay readable.
  if (wide) {
    const width = Math.round(Math.min(260, Math.max(132, stage.width * 0.17)));
    const height = Math.round((width * 9) / 16);
    const capacity = Math.max(1, Math.floor((stage.height + gap) / (height + gap)));
    const shown = Math.min(others, capacity);
    const top = (stage.height - shown * height - (shown - 1) * gap) / 2;
    return {
      main: { x: 0, y: 0, width: stage.width - width - gap, height: stage.height },
      strip: Array.from({ length: shown }, (_, index) => ({
        x: stage.width - width,
        y: Math.round(top + index * (height + gap)),
        width,
        height,
      })),
    };
  }
  const width = Math.round(Math.min(180, Math.max(112, stage.width * 0.3)));
  const height = Math.round((width * 3) / 4);
  const capacity = Math.max(1, Math.floor((stage.width + gap) / (width + gap)));
  const shown = Math.min(others, capacity);
  const left = (stage.width - shown * width - (shown - 1) * gap) / 2;
  return {
    main: { x: 0, y: 0, width: stage.width, height: stage.height - height - gap },
    strip: Array.from({ length: shown }, (_, index) => ({
      x: Math.round(left + index * (width + gap)),
      y: stage.height - height,
      width,
      height,
    })),
  };
}

/** Two people: the other one fills the stage, our own picture lies in a corner. */
export function placeDuo(stage: Box): { main: Rectangle; corner: Rectangle } {
  const width = Math.round(Math.min(280, Math.max(120, stage.width * 0.2)));
  const height = Math.round((width * 9) / 16);
  const inset = stage.width < 600 ? 10 : 16;
  return {
    main: { x: 0, y: 0, ...stage },
    corner: { x: stage.width - width - inset, y: stage.height - height - inset, width, height },
  };
}
