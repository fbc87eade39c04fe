import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles, topLevelFiles } from './source-files.ts';
import { accessModifiers, machinePaths, moduleState, tooLong, vaguePaths } from './text-rules.ts';

const test = suite('text rules');
const code = ['.ts', '.tsx', '.mjs', '.css', '.proto'];

let everything: SourceFile[] = [];
let product: SourceFile[] = [];
test.before(async () => {
  everything = [
    ...(await sourceFiles(['src', 'bench', 'test', 'config', '.ci'], [''])),
    ...(await topLevelFiles()),
  ].filter(({ path }) => path !== 'test/rules/text.test.ts');
  // Scripts that run once and end may keep what they like.
  product = everything.filter(({ path }) => /^src\/(base|protocol|server|client|web|helper)\//.test(path));
  assert.ok(everything.length > 50 && product.length > 15, 'the files are found');
});

test('no file is too long', () => {
  assert.equal(tooLong(everything.filter(({ path }) => code.some((ending) => path.endsWith(ending)))), []);
});
test('no path of one machine', () => assert.equal(machinePaths(everything), []));
test('no state at module level', () => assert.equal(moduleState(product), []));
test('#private instead of access modifiers', () => assert.equal(accessModifiers(everything), []));
test('names say what is in there', () => assert.equal(vaguePaths(everything), []));

const one = (text: string, path = 'src/base/x.ts') => [{ path, text }];

test('the rules catch what they are for', () => {
  assert.is(tooLong(one('\n'.repeat(600))).length, 1);
  assert.is(tooLong(one('\n'.repeat(500))).length, 0);
  for (const path of [
    '/work/main/x',
    "'/home/alice/plenum'",
    '/root/.cache/x',
    'C:\\Users',
    '/Users/bob/x',
  ]) {
    assert.is(machinePaths(one(`const p = ${path};`)).length, 1, path);
  }
  for (const fine of ['https://example.org/work/x', './work/x', '/home/node/app', '/tmp/x', 'path/root/x']) {
    assert.is(machinePaths(one(fine)).length, 0, fine);
  }
  for (const state of [
    'let count = 0;',
    'export const rooms = new Map<string, Room>();',
    'const list: X[] = [];',
  ]) {
    assert.is(moduleState(one(state)).length, 1, state);
  }
  for (const fine of [
    "const allowed = new Set(['a']);",
    '  let inner = 0;',
    'const table = {',
    'const x = [1];',
  ]) {
    assert.is(moduleState(one(fine)).length, 0, fine);
  }
  assert.is(accessModifiers(one('  private readonly x = 1;\n  public y() {}')).length, 2);
  assert.is(accessModifiers(one('  private constructor() {}\n  // public is fine in prose')).length, 0);
  for (const path of [
    'src/server/utils/x.ts',
    'src/base/types.ts',
    'src/web/helpers.ts',
    'test/common/x.ts',
  ]) {
    assert.is(vaguePaths(one('', path)).length, 1, path);
  }
  assert.is(vaguePaths(one('', 'src/helper/main.ts')).length, 0);
});

test.run();
