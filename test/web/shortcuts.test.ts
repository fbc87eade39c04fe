import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { browserFamily, InsecureContextError, mediaProblem } from '../../src/web/state/media-problem.ts';
import { type KeyPress, shortcutFor } from '../../src/web/state/shortcuts.ts';

const test = suite('shortcuts');

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  typing: false,
  ...part,
});

test('single keys', () => {
  assert.is(shortcutFor(press('m'), true), 'microphone');
  assert.is(shortcutFor(press('M'), true), 'microphone');
  assert.is(shortcutFor(press('v'), true), 'camera');
  assert.is(shortcutFor(press('q'), true), 'statistics');
  assert.is(shortcutFor(press('?'), true), 'help');
  assert.is(shortcutFor(press('Escape'), true), 'close');
  assert.is(shortcutFor(press('x'), true), undefined);
  assert.is(shortcutFor(press('constructor'), true), undefined);
});

test('not while typing, not with other keys held, not again and again', () => {
  for (const part of [
    { typing: true },
    { ctrlKey: true },
    { metaKey: true },
    { altKey: true },
    { repeat: true },
  ]) {
    assert.is(shortcutFor(press('m', part), true), undefined, JSON.stringify(part));
  }
});

test('single keys can be switched off; Esc stays', () => {
  assert.is(shortcutFor(press('m'), false), undefined);
  assert.is(shortcutFor(press('Escape'), false), 'close');
});

test('why a device does not start', () => {
  const named = (name: string, message = '') => new DOMException(message, name);
  const expected: [unknown, string][] = [
    [named('NotAllowedError'), 'denied'],
    [named('NotAllowedError', 'Permission denied by system'), 'denied-by-system'],
    [named('NotFoundError'), 'missing'],
    [named('OverconstrainedError'), 'missing'],
    [named('NotReadableError'), 'in-use'],
    [named('AbortError'), 'in-use'],
    [new InsecureContextError(), 'insecure'],
    [new TypeError('x'), 'unknown'],
    ['odd', 'unknown'],
  ];
  for (const [error, problem] of expected) assert.is(mediaProblem(error), problem, String(error));
});

test('instructions for the right browser', () => {
  const agent = (name: string) => `Mozilla/5.0 (X) ${name}`;
  assert.is(browserFamily(agent('Gecko/20100101 Firefox/140.0')), 'firefox');
  assert.is(browserFamily(agent('AppleWebKit/537.36 Chrome/156.0 Safari/537.36')), 'chromium');
  assert.is(browserFamily(agent('AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0')), 'chromium');
  assert.is(browserFamily(agent('AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15')), 'safari');
});

test.run();
