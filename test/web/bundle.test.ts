import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from 'vite';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

/** What `vite build` makes of the web client. */
const test = suite('web bundle');

let folder: TempDir;
const files = new Map<string, string>();
test.before(async () => {
  folder = await tempDir();
  await build({
    configFile: resolve(import.meta.dirname, '../../src/web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder.path },
  });
  for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.path.length + 1), await readFile(path, 'utf8'));
  }
});
test.after(() => folder.remove());

const scripts = () => [...files].filter(([name]) => name.endsWith('.js'));
const kilobytes = (text: string) => gzipSync(text).length / 1000;

test('the first load is at most 60 kB of script, a meeting 150 kB, the statistics 35 kB and the connection check 20 kB more (gzip)', () => {
  const page = files.get('index.html') ?? '';
  const first = scripts().filter(([name]) => page.includes(name));
  assert.is(first.length, 1, 'one script, nothing preloaded');
  const later = scripts().filter(([name]) => name.includes('statistics-panel'));
  assert.is(later.length, 1, 'charts are fetched by whoever opens them');
  // The page /check, and what the lobby's look at the network takes of it.
  const check = scripts().filter(([name]) =>
    /(check-screen|browser-engine|quick-look|path-plan|verdict)/.test(name),
  );
  const size = (some: typeof later) => some.reduce((sum, [, text]) => sum + kilobytes(text), 0);
  const [firstLoad, statistics] = [size(first), size(later)];
  const meeting = size(scripts()) - statistics - size(check);
  assert.ok(firstLoad <= 60, `first load ${firstLoad.toFixed(1)} kB`);
  assert.ok(meeting <= 150, `meeting ${meeting.toFixed(1)} kB`);
  assert.ok(size(check) <= 20, `connection check ${size(check).toFixed(1)} kB`);
  assert.ok(statistics <= 35, `statistics ${statistics.toFixed(1)} kB`);
});

test('nothing the content security policy forbids, no address of anybody else', () => {
  const page = files.get('index.html') ?? '';
  assert.not.match(page, /<style|style=|<script(?![^>]* src=)|\son\w+=/);
  // Names of XML languages, not addresses; and the SDP extensions, whose names are URIs.
  const names = /^https?:\/\/(www\.w3\.org|www\.webrtc\.org|www\.ietf\.org|aomediacodec\.github\.io)$/;
  for (const [name, text] of files) {
    assert.not.match(text, /\bnew Function\(|\beval\(|WebAssembly|url\(["']?data:/, name);
    const addresses = (text.match(/https?:\/\/\w[\w-]*\.[\w.-]+/g) ?? []).filter(
      (address) => !names.test(address),
    );
    assert.equal(addresses, [], name);
  }
});

test('assets have the hash of their content in the name; the gallery stays outside', () => {
  for (const name of files.keys()) {
    if (name.startsWith('assets/')) assert.match(name, /-[\w-]{8}\.(js|css)$/, name);
  }
  assert.not.ok([...files.values()].some((text) => text.includes('Konrad Zuse')));
});

test.run();
