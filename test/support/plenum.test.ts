import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMeeting, startPlenum } from './plenum.ts';
import { startPlenumProcess } from './plenum-process.ts';

const test = suite('plenum under test');

test('a server in this process makes meetings and closes without a trace', async () => {
  const plenum = await startPlenum();
  try {
    const { name, moderatorPath, invitationPath } = await plenum.createMeeting('Ausschuß 3');
    assert.is(name, 'Ausschuß 3');
    assert.match(moderatorPath, /^\/m\/[^#]+#.+/);
    assert.is.not(moderatorPath, invitationPath);
    assert.is((await fetch(`${plenum.loopbackUrl}/health/ready`)).status, 200);
    assert.match(await (await fetch(plenum.metricsUrl)).text(), /^# HELP /m);
    assert.is(plenum.server.rooms.stats().rooms, 0);
  } finally {
    await plenum.close();
  }
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error'),
    [],
  );
});

test('a server in a process of its own ends cleanly', async () => {
  const plenum = await startPlenumProcess();
  try {
    assert.is((await createMeeting(plenum.loopbackUrl, 'Meeting')).name, 'Meeting');
    assert.is(await plenum.stop('SIGTERM'), 0, plenum.output());
  } finally {
    await plenum.remove();
  }
});

test.run();
