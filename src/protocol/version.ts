/** Protocol versions this build speaks. Raise the highest with every incompatible change; drop the lowest when nobody needs it. */
export const protocolVersions = { lowest: 1, highest: 1 } as const;

export interface VersionRange {
  lowest: number;
  highest: number;
}

/** The highest version both ends speak, or undefined. */
export function negotiate(ours: VersionRange, theirs: VersionRange): number | undefined {
  const version = Math.min(ours.highest, theirs.highest);
  return version >= Math.max(ours.lowest, theirs.lowest) ? version : undefined;
}
