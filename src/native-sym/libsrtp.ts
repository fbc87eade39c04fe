import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import { readOsRelease } from './worker-cache.ts';

/**
 * Builds libsrtp 2 from the distribution's source package, with OpenSSL as its crypto engine.
 *
 * The distribution's own library uses NSS, which costs 12 µs for an AES_CM_128_HMAC_SHA1_80 packet where OpenSSL costs 7:
 * this is most of what a worker does.
 *
 * @param workspace an existing directory; its `srtp` folder is used and kept
 * @returns the prefix the library is installed under
 * @throws Error when the source package cannot be fetched or built
 */
export async function buildLibsrtp(workspace: string): Promise<string> {
  const prefix = join(workspace, 'srtp');
  if (existsSync(join(prefix, 'lib', 'libsrtp2.a'))) return prefix;
  const scratch = join(workspace, 'srtp-source');
  await rm(scratch, { recursive: true, force: true });
  const source = join(scratch, 'source');
  await mkdir(source, { recursive: true });

  const tarball = await fetchSource(scratch);
  await runCommand('tar', ['-xf', tarball, '-C', source, '--strip-components=1']);
  const build = join(scratch, 'build');
  await runCommand('cmake', [
    ...[
      '-G',
      'Ninja',
      '-S',
      source,
      '-B',
      build,
      `-DCMAKE_INSTALL_PREFIX=${prefix}`,
      '-DCMAKE_INSTALL_LIBDIR=lib',
    ],
    ...['-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_POSITION_INDEPENDENT_CODE=ON'],
    ...[
      '-DENABLE_OPENSSL=ON',
      '-DTEST_APPS=OFF',
      '-DBUILD_SHARED_LIBS=OFF',
      '-DENABLE_WARNINGS_AS_ERRORS=OFF',
      '--no-warn-unused-cli',
    ],
  ]);
  await runCommand('ninja', ['-C', build, 'install']);
  await rm(scratch, { recursive: true, force: true });
  return prefix;
}

/**
 * Downloads the source package through apt, which checks its signature. The list of sources and everything apt writes
 * stay in the scratch directory: /etc is not touched, and root is not needed.
 */
async function fetchSource(scratch: string): Promise<string> {
  const list = join(scratch, 'sources.list');
  await mkdir(join(scratch, 'lists', 'partial'), { recursive: true });
  await mkdir(join(scratch, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(list, `${(await sourceLines()).join('\n')}\n`);
  const options = [
    `Dir::Etc::SourceList=${list}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${join(scratch, 'lists')}`,
    `Dir::Cache=${join(scratch, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ].flatMap((option) => ['-o', option]);
  await runCommand('apt-get', [...options, '-q', 'update'], { timeoutMs: 180_000 });
  await runCommand('apt-get', [...options, '-q', 'source', '--download-only', 'libsrtp2'], {
    cwd: scratch,
    timeoutMs: 180_000,
  });
  const tarball = (await readdir(scratch)).find((name) => /^libsrtp2_.*\.orig\.tar\./.test(name));
  if (tarball === undefined) throw new Error('the source package of libsrtp2 holds no original archive');
  return join(scratch, tarball);
}

/** The `deb-src` lines beside the system's own `deb` lines, so that a configured mirror is used here too. */
async function sourceLines(): Promise<string[]> {
  const distribution = (await readOsRelease()).get('ID') ?? 'debian';
  const keyring = `/usr/share/keyrings/${distribution}-archive-keyring.gpg`;
  const option = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  const format = '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const output = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    capture: true,
  });
  const lines = new Set<string>();
  for (const line of output.split('\n')) {
    const [origin, uri, release, component] = line.split('|');
    if (origin?.toLowerCase() === distribution && uri && release && component)
      lines.add(`deb-src ${option}${uri} ${release} ${component}`);
  }
  if (lines.size === 0)
    throw new Error('apt knows no package lists of this distribution (run "apt-get update")');
  return [...lines].sort();
}
