import type { Box } from './grid-layout.ts';

/** More than this share of a picture is never cut off to fill its tile. */
const mostCut = 0.6;

/** `cover` while little is cut off, else `contain`. */
export function chooseFit(picture: Box, box: Box): 'cover' | 'contain' {
  if (picture.width === 0 || picture.height === 0 || box.width === 0 || box.height === 0) return 'cover';
  const a = picture.width / picture.height;
  const b = box.width / box.height;
  return 1 - Math.min(a, b) / Math.max(a, b) <= mostCut ? 'cover' : 'contain';
}
