import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../bench/options.ts';
import { comparableScenarios } from '../../../bench/scenarios/all.ts';
import { otherSystems } from '../../../bench/versus/systems.ts';
import { readVersusOptions } from '../../../bench/versus/versus-options.ts';

const test = suite('versus: options');
const read = (...parameters: string[]) => readVersusOptions(parameters, otherSystems, comparableScenarios);

test('systems come first, then what every scenario takes', () => {
  const options = read('bare-mediasoup', '--scenario', 'lecture', '--viewers', '4', '--repeat=2');
  assert.equal(
    options.systems.map(({ name }) => name),
    ['bare-mediasoup'],
  );
  assert.is(options.bench.repeat, 2);
  assert.is(read('bare-mediasoup').bench.repeat, 3);
  assert.is(options.workers, 1);
  assert.is(options.bench.scenario.name, 'lecture');
  assert.is(options.bench.numbers['viewers'], 4);
  assert.is(options.bench.camera.width, 640);
  assert.is(read('bare-mediasoup', '--camera', '1280x720@30').bench.camera.width, 1280);
  assert.is(read('bare-mediasoup', 'bare-mediasoup').systems.length, 1);
});

test('what cannot be is refused with what would be right', () => {
  for (const [parameters, what] of [
    [[], /versus <system/],
    [['--repeat', '2'], /versus <system/],
    [['teamspeak'], /no system "teamspeak"/],
    [['bare-mediasoup', '--repeat', '0'], /--repeat/],
    [['bare-mediasoup', '--scenario'], /--scenario needs a value/],
    [['bare-mediasoup', '--scenario', 'concert'], /no scenario "concert"/],
    [['bare-mediasoup', '--url', 'https://host'], /--url does not go with versus/],
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

test.run();
