import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { machineNow } from '../../../bench/measure/machine-clock.ts';
import { Schedule } from '../../../bench/measure/schedule.ts';
import { until } from '../../support/until.ts';

const test = suite('schedule');

test('tasks run in the order in which they are due, again when they say so, until they stop', async () => {
  const schedule = new Schedule();
  const now = machineNow();
  const ran: string[] = [];
  const once = (name: string) => () => {
    ran.push(name);
    return undefined;
  };
  schedule.add(now + 30, once('third'));
  schedule.add(now + 10, once('first'));
  schedule.add(now + 20, once('second'));
  const remove = schedule.add(now + 15, once('removed'));
  remove();
  let repeats = 0;
  schedule.add(now + 5, (dueNow) => {
    repeats += 1;
    return repeats < 4 ? dueNow + 2 : undefined;
  });
  await until('all have run', () => ran.length === 3 && repeats === 4);
  assert.equal(ran, ['first', 'second', 'third']);
  assert.is(schedule.lateness.total, 7);
  schedule.stop();
});

test.run();
