/** The set-up's step for system packages: `install-packages.ts <reason> <package>…` */
import { ensurePackages } from './debian-packages.ts';

const [reason = 'the set-up', ...packages] = process.argv.slice(2);
try {
  ensurePackages(packages, reason);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  // The mark tells the set-up to show this and not the log.
  console.error(text.replace(/^/gm, '! '));
  process.exitCode = 1;
}
