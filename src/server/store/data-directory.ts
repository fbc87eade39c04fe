import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Makes the data directory, open to its owner only: it holds keys and names of meetings.
 * @returns its absolute path
 * @throws Error with a text that says what to do
 */
export function openDataDirectory(path: string): string {
  const absolute = resolve(path);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    accessSync(absolute, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The data directory ${absolute} cannot be used (${why}). Give another one with dataDir or PLENUM_DATA_DIR.`,
    );
  }
  try {
    chmodSync(absolute, 0o700);
  } catch {
    // Somebody else's directory that we may write to (a mounted volume): its owner decides.
  }
  return absolute;
}
