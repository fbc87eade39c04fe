import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readOptions, UsageError } from '../../bench/options.ts';
import { scenarios } from '../../bench/scenarios/all.ts';

const test = suite('bench options');
const read = (...parameters: string[]) => readOptions(parameters, scenarios);

test('numbers have defaults and can be given', () => {
  const options = read('meeting', '--participants', '4', '--seconds', '2.5');
  assert.is(options.scenario.name, 'meeting');
  assert.is(options.numbers['participants'], 4);
  assert.is(options.numbers['seconds'], 2.5);
  assert.is(options.numbers['tiles'], 25);
  assert.equal(options.camera, { width: 1280, height: 720, framesPerSecond: 30 });
});

test('a scenario can be repeated', () => {
  assert.is(read('meeting').repeat, 1);
  assert.is(read('meeting', '--repeat', '5').repeat, 5);
  assert.throws(() => read('meeting', '--repeat', '0'), /--repeat must be a whole number of at least 1/);
});

test('without --url nothing but an own server is loaded', () => {
  assert.is(read('lecture').url, undefined);
  assert.throws(() => read('lecture', '--link', 'https://host/m/a#b'), /belong to a --url/);
  assert.is(read('lecture', '--url', 'https://host').url, 'https://host');
});

test('what cannot be is refused with what would be right', () => {
  for (const [parameters, what] of [
    [[], /npm run bench -- <scenario>/],
    [['concert'], /no scenario "concert"/],
    [['meeting', '--participants', 'many'], /--participants must be a whole number of at least 2/],
    [['meeting', '--participants', '1'], /at least 2/],
    [['meeting', '--participants', '2.5'], /whole number/],
    [['meeting', '--viewers', '3'], /--viewers/],
    [['meeting', '--camera', 'large'], /--camera must be like 1280x720@30/],
    [['meeting', '--workers', '0'], /--workers/],
  ] as const) {
    try {
      read(...parameters);
      assert.unreachable(parameters.join(' '));
    } catch (error) {
      assert.instance(error, UsageError);
      assert.match((error as Error).message, what);
    }
  }
});

test('the usage names every scenario and option', () => {
  try {
    read('--help');
    assert.unreachable();
  } catch (error) {
    const text = (error as Error).message;
    for (const { name, numbers } of scenarios) {
      assert.match(text, new RegExp(`^${name}:`, 'm'));
      for (const number of Object.keys(numbers)) assert.match(text, `--${number} <n>`);
    }
  }
});

test.run();
