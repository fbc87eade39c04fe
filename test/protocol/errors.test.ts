import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CloseReason, closeReasonOf, closeReasons, errorTexts } from '../../src/protocol/errors.ts';

const test = suite('error tables');
const readme = readFileSync(new URL('../../src/protocol/README.md', import.meta.url), 'utf8');

test('every close code stands for one reason', () => {
  for (const [reason, { code }] of Object.entries(closeReasons))
    assert.is(closeReasonOf(code), reason as CloseReason);
});

test('close codes are the application’s own, or one that WebSocket defines for exactly that', () => {
  for (const [reason, { code }] of Object.entries(closeReasons)) {
    assert.ok((code >= 4000 && code <= 4999) || (reason === 'message-too-big' && code === 1009), reason);
  }
});

test('a code that is not ours has no reason', () => {
  assert.is(closeReasonOf(1006), undefined);
  assert.is(closeReasonOf(4999), undefined);
});

test('the document lists every refusal and every close reason with code and consequence', () => {
  for (const code of Object.keys(errorTexts)) assert.ok(readme.includes(`\`${code}\``), code);
  for (const [reason, { code, then }] of Object.entries(closeReasons)) {
    assert.match(readme, new RegExp(`\\| ${code} \\| \`${reason}\` \\| ${then} \\|`), reason);
  }
});

test.run();
