import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../bench/options.ts';
import { readWebClientOptions } from '../../../bench/web-client/web-client-options.ts';

const test = suite('web-client: options');

test('defaults, and what is given', () => {
  const { tiles, seconds, camera } = readWebClientOptions([]);
  assert.equal({ tiles, seconds, camera }, { tiles: 25, seconds: 20, camera: false });
  const given = readWebClientOptions(['--tiles', '9', '--seconds', '5', '--camera', '--json', 'x.json']);
  assert.equal([given.tiles, given.seconds, given.camera, given.json], [9, 5, true, 'x.json']);
});

test('what makes no sense is a matter of usage', () => {
  for (const parameters of [['--tiles', '0'], ['--tiles', '49'], ['--seconds', 'x'], ['--help'], ['more']])
    assert.throws(
      () => readWebClientOptions(parameters),
      (error: unknown) => error instanceof UsageError,
    );
});

test.run();
