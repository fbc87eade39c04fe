import { runsOf, type SavedResult } from './saved-result.ts';

const disturbingCores = 0.3;

interface File {
  file: string;
  result: SavedResult;
}

/** What must be alike, or the numbers speak of something else than the code. The commit may differ: mostly it is the question. */
const alike: Readonly<Record<string, (result: SavedResult) => string | number | undefined>> = {
  scenario: ({ scenario }) => scenario,
  camera: ({ camera }) => camera && `${camera.width}x${camera.height}@${camera.framesPerSecond}`,
  CPU: ({ environment }) => environment.cpu,
  cores: ({ environment }) => environment.cores,
  memory: ({ environment }) => environment.memoryOctets,
  kernel: ({ environment }) => environment.kernel,
  Node: ({ environment }) => environment.node,
  mediasoup: ({ environment }) => environment.mediasoup,
  'media worker': ({ environment }) => environment.worker,
  libdatachannel: ({ environment }) => environment.libdatachannel,
};

/** Sentences about what makes these results hard to compare. */
export function differences(files: readonly File[]): string[] {
  const numbers = new Set(files.flatMap(({ result }) => Object.keys(result.numbers)));
  const found = [
    ...Object.entries(alike).map(([what, of]) => differing(what, files, of)),
    ...[...numbers].map((name) => differing(`--${name}`, files, ({ numbers: given }) => given[name])),
  ].filter((text) => text !== undefined);
  for (const { file, result } of files) {
    const { state = 'without a verdict', reasons = [] } = result.verdict ?? {};
    if (state !== 'valid')
      found.push(`${file} is ${state}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`);
  }
  return [...found, ...files.flatMap(disturbed)];
}

/** A result from a busy machine says nothing against one from a quiet machine. */
function disturbed({ file, result }: File): string[] {
  const cores = Math.max(0, ...runsOf(result).map(({ measured }) => measured?.machine?.otherCores ?? 0));
  if (!(cores > disturbingCores)) return [];
  return [`${file}: other programs used up to ${cores.toFixed(1)} cores meanwhile`];
}

function differing(
  what: string,
  files: readonly File[],
  of: (result: SavedResult) => string | number | undefined,
): string | undefined {
  const names = new Map<string, string[]>();
  for (const { file, result } of files) {
    const value = String(of(result) ?? 'unknown');
    names.set(value, [...(names.get(value) ?? []), file]);
  }
  if (names.size < 2) return undefined;
  const values = [...names].map(([value, of]) => `${value} (${of.join(', ')})`);
  return `${what} differs: ${values.join(' / ')}`;
}
