import type { View } from '../../client/index.ts';
import type { Placed } from './arrangement.ts';
import { isOn, type Person } from './people.ts';
import { screenKey } from './stage.ts';

/**
 * What of other people's video is on the stage and how large. Tiles lie exactly where the arrangement puts them, so
 * that nothing has to be measured; other pages of the grid have none. Pure.
 * @param scale device pixels to a CSS pixel
 */
export function stageViews(people: readonly Person[], placed: readonly Placed[], scale: number): View[] {
  const tiles = new Map(placed.map((tile) => [tile.key, tile]));
  return people.flatMap(({ id, feeds }) =>
    (
      [
        [feeds.camera, tiles.get(id)],
        [feeds.screen, tiles.get(screenKey(id))],
      ] as const
    ).flatMap(([feed, tile]) => {
      if (!feed || !isOn(feed) || !tile) return [];
      const { width, height } = tile.rectangle;
      return [
        {
          producerId: feed.producerId,
          width: Math.round(width * scale),
          height: Math.round(height * scale),
          pinned: tile.place === 'main',
        },
      ];
    }),
  );
}
