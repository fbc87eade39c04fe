import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeServerFrame, joinNotifications } from '../../../src/protocol/codec.ts';
import type { ParticipantId, ProducerId } from '../../../src/protocol/messages.ts';
import { Notice } from '../../../src/protocol/notice.ts';
import { Gathered } from '../../../src/server/signalling/gathered.ts';
import { HandClock } from '../../client/hand-clock.ts';

const test = suite('gathered news');

const left = (id: string) =>
  Notice.of('participantLeft', { participantId: id as ParticipantId, reason: 'left' });
const muted = Notice.of('mutedByModerator', {
  producerId: 'p' as ProducerId,
  byParticipantId: 'm' as ParticipantId,
});

/** What is in each frame that was sent, as a client reads it. */
function gathering() {
  const clock = new HandClock();
  const frames: string[] = [];
  const gathered = new Gathered(clock, 100, (notifications) => {
    const frame = decodeServerFrame(joinNotifications(frames.length + 1, notifications));
    assert.is(frame.type, 'notifications');
    if (frame.type !== 'notifications') return;
    assert.is(frame.sequence, frames.length + 1);
    frames.push(
      frame.all.map((one) => (one.name === 'participantLeft' ? one.body.participantId : one.name)).join(' '),
    );
  });
  return { clock, frames, gathered };
}

test('the first after a quiet while goes at once, what follows is gathered and keeps its order', () => {
  const { clock, frames, gathered } = gathering();
  for (const id of ['a', 'b', 'c']) gathered.add(left(id));
  assert.equal(frames, ['a']);
  clock.turn(60);
  gathered.add(left('d'));
  clock.turn(39);
  assert.equal(frames, ['a']);
  clock.turn(1);
  assert.equal(frames, ['a', 'b c d']);
  clock.turn(100);
  gathered.add(left('e'));
  assert.equal(frames, ['a', 'b c d', 'e']);
});

test('what cannot wait takes with it what was waiting', () => {
  const { clock, frames, gathered } = gathering();
  for (const id of ['a', 'b']) gathered.add(left(id));
  gathered.add(muted);
  assert.equal(frames, ['a', 'b mutedByModerator']);
  clock.turn(1000);
  assert.is(frames.length, 2, 'nothing twice');
});

test('before an answer everything is told, and after the end nothing', () => {
  const { clock, frames, gathered } = gathering();
  for (const id of ['a', 'b']) gathered.add(left(id));
  gathered.flush();
  gathered.flush();
  assert.equal(frames, ['a', 'b']);
  gathered.add(left('c'));
  gathered.close();
  clock.turn(1000);
  assert.equal(frames, ['a', 'b']);
});

test('a clock that was set back holds nothing up', () => {
  const { clock, frames, gathered } = gathering();
  gathered.add(left('a'));
  clock.turn(-3_600_000);
  gathered.add(left('b'));
  clock.turn(100);
  assert.equal(frames, ['a', 'b']);
});

test('one notice is the same bytes for everybody', () => {
  const notice = left('a');
  assert.is(notice.bytes, notice.bytes);
});

test.run();
