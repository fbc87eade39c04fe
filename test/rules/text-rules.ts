import type { SourceFile } from './source-files.ts';

/** Rules about the text of single files that the linter does not know. Each answers with one sentence per finding. */

const mostLines = 600;

export function tooLong(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter(({ lines }) => lines >= mostLines)
    .map(({ path, lines }) => `${path} has ${lines} lines: split it before it reaches ${mostLines}`);
}

/** Paths that exist on one machine only: home directories, work directories, drives. */
const machinePath =
  /(?<![\w.~@])(?:\/(?:work|root|Users|home\/(?!node\/|plenum\/)[\w.-]+)\/[\w.-]|[A-Z]:\\\w)/;

export function machinePaths(files: readonly SourceFile[]): string[] {
  return eachLine(files, (line) => (machinePath.test(line) ? 'names a path of one machine' : undefined));
}

/**
 * State at module level: two servers in one process (every test) would share it.
 * Tables are fine: they are filled where they are written and never changed.
 */
const mutableState =
  /^(?:export )?(?:let\s|const\s+\w+[^=]*=\s*(?:new (?:Map|Set|WeakMap|Array)(?:<.*>)?\(\)|\[\]|\{\});?$)/;

export function moduleState(files: readonly SourceFile[]): string[] {
  return eachLine(files, (line) => (mutableState.test(line) ? 'keeps state at module level' : undefined));
}

/** `private` is checked by the compiler only, `#private` by the engine. A private constructor and `protected` have no other form. */
const accessModifier = /^\s+(?:private|public)\s+(?!constructor\b)[\w#*]/;

export function accessModifiers(files: readonly SourceFile[]): string[] {
  return eachLine(files, (line) =>
    accessModifier.test(line) ? 'uses an access modifier: #private is the way here' : undefined,
  );
}

const vagueNames = /(?:^|\/)(?:utils?|common|shared|helpers?|types|misc|managers?)(?:\.[^/]+)?(?:\/|$)/;

/** Names that say nothing about what is in there. `src/helper` is a part of the product. */
export function vaguePaths(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => vagueNames.test(path.replace(/^(src|test)\/helper\//, '$1/')))
    .map(({ path }) => `${path} has a name that says nothing about its content`);
}

function eachLine(files: readonly SourceFile[], judge: (line: string) => string | undefined): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const verdict = judge(line);
      return verdict === undefined ? [] : [`${path}:${index + 1} ${verdict}: ${line.trim().slice(0, 100)}`];
    }),
  );
}
