import { mkdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** Where the project publishes its binaries. */
export const officialReleases = 'https://github.com/versatica/mediasoup/releases/download';

const connectTimeoutMs = 3_000;
const transferTimeoutMs = 60_000;
// The archives have about 6 MB; anything far from that is not one.
const largestBytes = 64 * 1024 * 1024;

/**
 * Downloads the official binary of a mediasoup release. One attempt and a short time limit: on a machine without a way
 * out this must not hold up the start.
 *
 * No checksum is published with it, so the caller must try the binary before using it.
 *
 * @param releases base address, {@link officialReleases} or a mirror of it
 * @param directory where to unpack; created and, on failure, removed
 * @returns the binary's path
 * @throws Error with the reason why there is none
 */
export async function downloadWorker(version: string, releases: string, directory: string): Promise<string> {
  try {
    const archive = await fetchArchive(`${releases}/${version}/${archiveName(version)}`);
    await mkdir(directory, { recursive: true });
    const file = join(directory, 'worker.tgz');
    await writeFile(file, archive);
    // Only the one name we want: an archive cannot put anything elsewhere.
    await runCommand('tar', ['-xzf', file, '-C', directory, '--no-same-owner', 'mediasoup-worker']);
    return join(directory, 'mediasoup-worker');
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** The project's own naming scheme. */
export function archiveName(version: string): string {
  return `mediasoup-worker-${version}-${platform()}-${arch()}-kernel${release().split('.')[0]}.tgz`;
}

async function fetchArchive(url: string): Promise<Buffer> {
  const abort = new AbortController();
  let timer = setTimeout(
    () => abort.abort(new Error(`no answer within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(timer);
    timer = setTimeout(
      () => abort.abort(new Error(`not finished within ${transferTimeoutMs} ms`)),
      transferTimeoutMs,
    );
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > largestBytes) throw new Error(`more than ${largestBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    // fetch() hides the reason of a network failure in `cause`.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(cause instanceof Error ? cause.message || cause.name : String(cause));
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
