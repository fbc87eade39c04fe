import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeReasons, errorTexts } from '../../src/protocol/errors.ts';
import { createFormat } from '../../src/web/languages/format.ts';
import { isLanguage, languageNames, languages, translationFor } from '../../src/web/languages/language.ts';
import { endText, errorText } from '../../src/web/state/error-text.ts';

const test = suite('languages');

const all = Object.keys(languages).filter(isLanguage);

/** Every text with its path; functions are called with something that can be found again. */
function texts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value === 'function') {
    const result: unknown = path.endsWith('joined') || path.endsWith('left') ? value(['Ada']) : value(7, 8);
    return new Map([[path, String(result)]]);
  }
  const entries = Object.entries(value as object);
  return new Map(entries.flatMap(([key, child]) => [...texts(child, path === '' ? key : `${path}.${key}`)]));
}

test('every language has every text, none is empty, lists are equally long', () => {
  const expected = [...texts(translationFor('en', []).text).keys()];
  for (const language of all) {
    const found = texts(translationFor(language, []).text);
    assert.equal([...found.keys()], expected, language);
    for (const [path, text] of found)
      assert.ok(text.trim() !== '' && !text.includes('undefined'), `${language} ${path}`);
    assert.ok(languageNames[language]);
  }
});

test('German is not English: only names and examples are the same', () => {
  const german = texts(translationFor('de', []).text);
  const same = [...texts(translationFor('en', []).text)].filter(([path, text]) => german.get(path) === text);
  const allowed = [
    'start.title',
    'start.linkOrCodePlaceholder',
    'meeting.others',
    'start.name',
    'shortcuts.escape',
    'quality.withReason',
    'dataUse.choices.500',
    'dataUse.choices.250',
    'dataUse.choices.100',
    'statistics.ago',
    'statistics.rate',
    'statistics.codec',
    'statistics.freezeCount',
  ];
  assert.equal(
    same.map(([path]) => path).filter((path) => !allowed.includes(path)),
    [],
  );
});

test('labels below the buttons of a phone are short', () => {
  for (const language of all) {
    for (const label of Object.values(translationFor(language, []).text.meeting.short))
      assert.ok(label.length <= 10, label);
  }
});

test('the language: chosen, else the first one the browser prefers, else English', () => {
  assert.is(translationFor(undefined, ['fr-FR', 'de-AT', 'en']).locale, 'de-AT');
  assert.is(translationFor(undefined, ['fr']).language, 'en');
  assert.is(translationFor('en', ['de-DE']).locale, 'en');
  assert.is(translationFor('de', ['de-CH', 'de']).locale, 'de-CH');
});

test('every code of the protocol and the SDK has a title and a text of its own kind', () => {
  const { text } = translationFor('en', []);
  const client = ['network', 'timeout', 'not-loaded', 'media-unsupported', 'media-blocked', 'media-failed'];
  const meant: Record<string, string> = {
    removed: 'removed',
    'media-blocked': 'through',
    'room-full': 'full',
  };
  for (const code of [...Object.keys(errorTexts), ...Object.keys(closeReasons), ...client]) {
    const { title, text: explanation } = endText(text, code);
    assert.ok(title.length > 3 && explanation.length > 3, code);
    assert.match(title, meant[code] ?? '');
  }
  assert.equal(endText(text, 'constructor'), text.end.internal);
  assert.equal(endText(text, 'rejoin'), text.end.internal);
});

test('a refused action is explained in the language of the page', () => {
  const { text } = translationFor('de', []);
  assert.is(errorText(text, { code: 'not-allowed' }), 'Sie haben nicht das Recht dazu.');
  assert.is(errorText(text, new Error('boom')), 'boom');
  for (const code of Object.keys(errorTexts)) assert.not.match(errorText(text, { code }), /object/);
});

test('numbers, lists and days', () => {
  const german = createFormat('de');
  assert.is(german.number(1234), '1.234');
  assert.is(german.bitrate(250_400), '250\u00a0kbit/s');
  assert.is(german.bitrate(1_240_000), '1,2\u00a0Mbit/s');
  assert.is(german.percent(0.0123), '1,2\u00a0%');
  assert.is(german.milliseconds(30.6), '31\u00a0ms');
  assert.is(german.list(['Ada', 'Emmy', 'Grace']), 'Ada, Emmy und Grace');
  const now = new Date(2026, 5, 10, 0, 5);
  assert.is(german.daysAgo(new Date(2026, 5, 9, 23, 59), now), 'gestern');
  assert.is(german.daysAgo(now, now), 'heute');
  assert.is(createFormat('en').daysAgo(new Date(2026, 5, 3), now), '7 days ago');
  assert.is(german.daysAgo(new Date(2026, 5, 12), now), 'heute', 'a clock that was wrong');
});

test.run();
