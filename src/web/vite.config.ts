import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(resolve(root, '../../package.json'), 'utf8'));
const server = process.env.PLENUM_DEV_SERVER ?? 'https://localhost:8443';
// secure: false because a development server has a self-signed certificate.
const proxy = {
  '/api': { target: server, secure: false },
  '/signal': { target: server, secure: false, ws: true },
};

/**
 * `vite build` makes the production client; `vite build --mode gallery` makes the gallery instead: every screen with
 * made-up people, for looking at and for the accessibility test. Nothing of the gallery is in the production build.
 */
export default defineConfig(({ mode }) => ({
  root,
  appType: 'spa',
  resolve: { alias: [{ find: /^long$/, replacement: resolve(root, 'without-long.ts') }] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { PLENUM_VERSION: JSON.stringify(version) },
  server: { proxy },
  preview: { proxy },
  build: {
    outDir: resolve(root, mode === 'gallery' ? '../../dist/gallery' : '../../dist/web'),
    emptyOutDir: true,
    // What the page itself needs (popover, Promise.withResolvers): see supported-browser.ts.
    target: ['chrome119', 'firefox125', 'safari17.4'],
    // The content security policy forbids data: and inline script, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: resolve(root, mode === 'gallery' ? 'gallery/gallery.html' : 'index.html') },
  },
}));
