import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Sees to it that packages of the distribution are installed: as root by installing them, else by saying how.
 *
 * @param reason completes the sentence "… needs packages of the distribution"
 * @throws Error with the exact command to run when it cannot be done here
 */
export function ensurePackages(packages: readonly string[], reason: string): void {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `${reason} needs what Debian calls ${missing.join(' ')}; this system has no apt-get: install them with its own package manager`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `${reason} needs packages of the distribution. Run this, then repeat:\n\n  sudo apt-get ${install.join(' ')}\n`,
    );
  }
  console.log(`installing ${missing.join(' ')}`);
  const installed = () => stopServices(missing);
  if (aptGet(install)) return installed();
  // Images come without package lists, and old lists name files that are gone.
  aptGet(['update']);
  if (!aptGet(install))
    throw new Error(`"apt-get ${install.join(' ')}" failed; run it by hand to see why, then repeat`);
  installed();
}

/**
 * Servers that Debian starts as soon as they are installed, while only their programs are wanted here: coturn for its
 * test clients (its port is ours), prometheus for the tests and janus for the bench, which start their own.
 */
const unwantedServices: readonly string[] = ['coturn', 'prometheus', 'janus'];

/** Only for what was installed just now: somebody's own server goes on. */
function stopServices(installed: readonly string[]): void {
  const services = unwantedServices.filter((name) => installed.includes(name));
  if (services.length === 0 || !existsSync('/run/systemd/system')) return;
  spawnSync('systemctl', ['disable', '--now', ...services], { stdio: 'ignore' });
}

function missingPackages(packages: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '${binary:Package} ${db:Status-Status}\\n';
  const query = spawnSync('dpkg-query', ['--show', `--showformat=${format}`, ...packages], {
    encoding: 'utf8',
  });
  const installed = new Set<string>();
  for (const line of (query.stdout ?? '').split('\n')) {
    const [name, status] = line.split(' ');
    // A package of the "same" multi-arch kind is shown with its architecture: libssl-dev:amd64.
    if (name && status === 'installed') installed.add(name.replace(/:.*/, ''));
  }
  return packages.filter((name) => !installed.has(name));
}

function aptGet(args: readonly string[]): boolean {
  const lock = ['-o', 'DPkg::Lock::Timeout=120', '-q'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync('apt-get', [...lock, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
  );
}
