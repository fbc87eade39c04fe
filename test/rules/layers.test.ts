import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { layerFindings } from './layer-rule.ts';
import { readImports } from './read-imports.ts';
import { sourceFiles } from './source-files.ts';

const test = suite('layers');

/** What the rule says about made-up files: path → text. */
const findings = (files: Record<string, string>) =>
  layerFindings(Object.entries(files).map(([path, text]) => ({ path, text })));

test('src and bench keep to the layers', async () => {
  const files = await sourceFiles(['src', 'bench'], ['.ts', '.tsx', '.mjs']);
  assert.ok(files.length > 20, 'the files are found');
  assert.equal(layerFindings(files), []);
});

test('going down is fine', () => {
  const files = {
    'src/server/rooms/room.ts':
      "import { Emitter } from '../../base/emitter.ts';\nimport { RoomMedia } from '../media/room-media.ts';",
    'src/server/media/room-media.ts':
      "import type { Router } from 'mediasoup/types';\nimport { layers } from './policy/layers.ts';",
    'src/server/media/policy/layers.ts': "import type { RoomId } from '../../../protocol/messages.ts';",
    'src/server/server.ts': "import { Registry } from './rooms/registry.ts';",
    'src/web/main.tsx': "import { connect } from '../client/index.ts';",
    'src/native/check-worker.ts': "import { createWorker } from 'mediasoup';",
  };
  assert.equal(findings(files), []);
});

const wrong: Record<string, { files: Record<string, string>; says: RegExp }> = {
  'an upward import': {
    files: { 'src/server/media/endpoint.ts': "import { Room } from '../rooms/room.ts';" },
    says: /^src\/server\/media\/endpoint\.ts imports upward: src\/server\/rooms\/room\.ts$/,
  },
  'an upward import of a type over several lines': {
    files: { 'src/base/queue.ts': "import type {\n  RoomId,\n} from '../protocol/messages.ts';" },
    says: /imports upward/,
  },
  'an upward import inside a function': {
    files: { 'src/server/rooms/room.ts': "const later = () => import('../signalling/session.ts');" },
    says: /imports upward/,
  },
  'an upward re-export': {
    files: { 'src/protocol/errors.ts': "export { Room } from '../server/rooms/room.ts';" },
    says: /imports upward/,
  },
  'an import from the same line': {
    files: { 'src/server/http/app.ts': "import { observe } from '../metrics/observe.ts';" },
    says: /imports from its own line: src\/server\/metrics/,
  },
  'the composition root seen from below': {
    files: { 'src/server/http/app.ts': "import { config } from '../config.ts';" },
    says: /imports upward: src\/server\/config\.ts/,
  },
  'the client reaching into the server': {
    files: { 'src/client/client.ts': "import { rights } from '../server/accounts/rights.ts';" },
    says: /client and server meet only/,
  },
  'the server importing a tool': {
    files: { 'src/server/media/workers.ts': "import { build } from '../../native/build-worker.ts';" },
    says: /nobody imports the tools/,
  },
  'generated code outside of protocol': {
    files: { 'src/client/client.ts': "import { plenum } from '../protocol/generated/signalling.js';" },
    says: /imports generated code/,
  },
  'mediasoup outside of media': {
    files: { 'src/server/rooms/room.ts': "import type { Router } from 'mediasoup/types';" },
    says: /may not import mediasoup\/types/,
  },
  'the query builder outside of store and queries': {
    files: { 'src/server/accounts/login.ts': "import { sql } from 'kysely';" },
    says: /may not import kysely/,
  },
  'mediasoup-client outside of the engine': {
    files: { 'src/client/client.ts': "import { Device } from 'mediasoup-client';" },
    says: /may not import mediasoup-client/,
  },
  'process below main.ts': {
    files: { 'src/server/server.ts': "import process from 'node:process';" },
    says: /may not import node:process/,
  },
  'a Node module in code for browsers': {
    files: { 'src/base/ids.ts': "import { randomBytes } from 'node:crypto';" },
    says: /does not exist in browsers/,
  },
  'a folder without a layer': {
    files: { 'src/server/utils/text.ts': '' },
    says: /folder without a layer/,
  },
  'a ring of three': {
    files: {
      'src/base/a.ts': "import './b.ts';",
      'src/base/b.ts': "import type { C } from './c.ts';",
      'src/base/c.ts': "export { A } from './a.ts';",
    },
    says: /^ring of imports: src\/base\/a\.ts → src\/base\/b\.ts → src\/base\/c\.ts → src\/base\/a\.ts$/,
  },
};
for (const [name, { files, says }] of Object.entries(wrong)) {
  test(`catches ${name}`, () => {
    const found = findings(files);
    assert.is(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', says);
  });
}

test('reads every kind of import and nothing else', () => {
  const text = [
    "import a, { type B } from './a.ts';",
    "import './side-effect.ts';",
    "import type {\n  C,\n  D,\n} from './c.ts';",
    "export * from './e.ts';",
    "export const from = 'not-this';",
    "// import nothing from './comment.ts';",
    " * import nothing from './doc.ts';",
    "const word = 'import';",
    "type F = import('./f.ts').F;",
    "const g = await import('./g.ts', { with: {} });",
    "new Worker(new URL('./worker.ts', import.meta.url));",
  ].join('\n');
  const expected = ['./a.ts', './side-effect.ts', './c.ts', './e.ts', './f.ts', './g.ts', './worker.ts'];
  assert.equal(readImports(text), expected);
});

test.run();
