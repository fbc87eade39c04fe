import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Box,
  placeDuo,
  placeGrid,
  placeSpotlight,
  planGrid,
  type Rectangle,
  tileRules,
} from '../../src/web/state/grid-layout.ts';

const test = suite('grid layout');

const desktop: Box = { width: 1260, height: 700 };
const withPanel: Box = { width: 900, height: 700 };
const phone: Box = { width: 378, height: 690 };
const phoneSideways: Box = { width: 740, height: 270 };
const stages = { desktop, withPanel, phone, phoneSideways };

test('columns and rows a person would choose', () => {
  const expected: [Box, number, string][] = [
    [desktop, 1, '1x1'],
    [desktop, 2, '2x1'],
    [desktop, 3, '2x2'],
    [desktop, 4, '2x2'],
    [desktop, 5, '3x2'],
    [desktop, 6, '3x2'],
    [desktop, 9, '3x3'],
    [desktop, 12, '4x3'],
    [desktop, 16, '4x4'],
    [desktop, 25, '5x5'],
    [desktop, 49, '7x7'],
    [phone, 1, '1x1'],
    [phone, 2, '1x2'],
    [phone, 4, '2x2'],
    [phone, 6, '2x3'],
    [phoneSideways, 2, '2x1'],
    [phoneSideways, 3, '3x1'],
  ];
  for (const [stage, count, shape] of expected) {
    const { columns, rows } = planGrid(stage, count, tileRules(stage));
    assert.is(`${columns}x${rows}`, shape, `${count} tiles on ${stage.width}x${stage.height}`);
  }
});

test('from 1 to 60 tiles: everything inside the stage, nothing overlaps, shapes within the rules', () => {
  for (const [name, stage] of Object.entries(stages)) {
    const rules = tileRules(stage);
    for (let count = 1; count <= 60; count++) {
      const grid = planGrid(stage, count, rules);
      const where = `${count} on ${name}`;
      assert.ok(grid.perPage * grid.pages >= count, `${where}: room for all`);
      assert.ok(grid.perPage <= rules.maxTiles, `${where}: not too many on a page`);
      const tiles = placeGrid(stage, grid, Math.min(count, grid.perPage), rules.gap);
      for (const tile of tiles) assert.ok(inside(tile, stage), `${where}: ${JSON.stringify(tile)}`);
      for (const [index, tile] of tiles.entries()) {
        for (const other of tiles.slice(index + 1)) assert.not.ok(overlap(tile, other), `${where}: overlap`);
      }
      const aspect = grid.tile.width / grid.tile.height;
      assert.ok(aspect > rules.minAspect - 0.06 && aspect < rules.maxAspect + 0.06, `${where}: ${aspect}`);
    }
  }
});

test('the space is used: tiles cover most of the stage', () => {
  for (const count of [1, 2, 3, 4, 6, 9, 12, 16, 20, 25, 30, 36, 49]) {
    const { tile } = planGrid(desktop, count, tileRules(desktop));
    const share = (tile.width * tile.height * count) / (desktop.width * desktop.height);
    assert.ok(share > 0.6, `${count}: ${share.toFixed(2)}`);
  }
});

test('49 fit on one desktop page; on a phone there are fewer at a time, and pages', () => {
  assert.is(planGrid(desktop, 49, tileRules(desktop)).pages, 1);
  assert.is(planGrid(desktop, 50, tileRules(desktop)).pages, 2);
  const grid = planGrid(phone, 49, tileRules(phone));
  assert.ok(grid.perPage >= 8 && grid.perPage <= 12, `${grid.perPage} on a phone`);
  assert.ok(grid.tile.width >= 120 && grid.tile.height >= 100, 'large enough to recognise a face');
});

test('a stage too small for anything still has one tile a page', () => {
  const grid = planGrid({ width: 90, height: 60 }, 5, tileRules({ width: 90, height: 60 }));
  assert.is(grid.perPage, 1);
  assert.is(grid.pages, 5);
  assert.is(planGrid({ width: 0, height: 0 }, 3, tileRules({ width: 0, height: 0 })).perPage, 1);
});

test('the last row is centred', () => {
  const rules = tileRules(desktop);
  const tiles = placeGrid(desktop, planGrid(desktop, 5, rules), 5, rules.gap);
  const [left, right] = [tiles[3], tiles[4]];
  assert.ok(left && right);
  assert.ok(Math.abs(left.x - (desktop.width - right.x - right.width)) <= 2);
});

test('spotlight: strip beside on wide stages, below on upright ones, nothing overlaps', () => {
  for (const [name, stage] of Object.entries(stages)) {
    for (const others of [0, 1, 5, 40]) {
      const { main, strip } = placeSpotlight(stage, others, 10);
      assert.ok(inside(main, stage), name);
      for (const tile of strip) {
        assert.ok(inside(tile, stage), `${name} ${others} ${JSON.stringify(tile)}`);
        assert.not.ok(overlap(main, tile), `${name} ${others}`);
      }
      assert.ok(strip.length <= others);
      assert.ok((main.width * main.height) / (stage.width * stage.height) > 0.6, `${name}: large`);
    }
  }
});

test('two people: our own picture in a corner of the other one', () => {
  const { main, corner } = placeDuo(desktop);
  assert.equal(main, { x: 0, y: 0, ...desktop });
  assert.ok(inside(corner, desktop));
});

function inside(tile: Rectangle, stage: Box): boolean {
  return (
    tile.x >= -1 &&
    tile.y >= -1 &&
    tile.x + tile.width <= stage.width + 1 &&
    tile.y + tile.height <= stage.height + 1
  );
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test.run();
