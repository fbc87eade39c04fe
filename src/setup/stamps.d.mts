export function hashInputs(
  root: string,
  paths: readonly string[],
  values?: readonly (string | undefined)[],
  skip?: (path: string) => boolean,
): string;

export class Stamps {
  constructor(directory: string);
  read(step: string): string | undefined;
  write(step: string, hash: string): void;
  remove(step: string): void;
}
