export function lockFile(path: string, onWait?: (owner: number | undefined) => void): Promise<() => void>;
