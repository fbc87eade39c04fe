import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { speech } from '../../bench/media/speech.ts';
import { lecture } from '../../bench/scenarios/lecture.ts';
import { meeting } from '../../bench/scenarios/meeting.ts';
import type { ScenarioInput } from '../../bench/scenarios/scenario.ts';

const test = suite('bench scenarios');
const input = (numbers: Record<string, number>): ScenarioInput => ({
  meetings: [{ url: 'ws://127.0.0.1:1/signal', participantToken: 'participant', viewerToken: 'viewer' }],
  numbers,
  camera: { width: 1280, height: 720, framesPerSecond: 30 },
  seed: 1,
});

test('a meeting: who sends, and who can expect what', () => {
  const { clients, steps } = meeting.plan(
    input({ participants: 3, cameras: 1, microphones: 0, tiles: 4, 'warm-up': 0 }),
  );
  assert.equal(
    clients.map(({ camera, microphone }) => [camera !== undefined, microphone !== undefined]),
    [
      [true, false],
      [false, false],
      [false, false],
    ],
  );
  assert.equal(
    clients.map(({ expects }) => expects.video),
    [false, true, true],
    'nobody sees the own camera',
  );
  assert.equal(
    steps.map((step) => step.do),
    ['weigh', 'join', 'settle', 'measure', 'weigh', 'leave', 'settle', 'weigh'],
  );
  assert.throws(() => meeting.plan(input({ participants: 2, cameras: 3 })), /more cameras/);
});

test('a lecture: viewers join with the viewer link and send nothing', () => {
  const { clients } = lecture.plan(input({ viewers: 5, senders: 2, tiles: 3 }));
  assert.is(clients.length, 7);
  assert.equal(
    clients.map(({ token }) => token),
    ['participant', 'participant', 'viewer', 'viewer', 'viewer', 'viewer', 'viewer'],
  );
  assert.ok(clients.slice(2).every(({ camera, microphone }) => !camera && !microphone));
});

test('as many speak at a time as planned, everybody gets a turn, and there are pauses', () => {
  const speakers = 6;
  const people = Array.from({ length: speakers }, (_, speaker) =>
    speech({ speaker, speakers, atOnce: 2, seed: 9 }),
  );
  const spoke = new Map<number, number>();
  let silent = 0;
  const moments = 20_000;
  for (let moment = 0; moment < moments; moment++) {
    const now = moment * 100;
    const speaking = people.flatMap((speaks, index) => (speaks(now) ? [index] : []));
    assert.ok(speaking.length <= 2);
    if (speaking.length === 0) silent += 1;
    for (const index of speaking) spoke.set(index, (spoke.get(index) ?? 0) + 1);
  }
  assert.is(spoke.size, speakers);
  for (const count of spoke.values()) assert.ok(count > moments / 8, `${count}`);
  assert.ok(silent > moments * 0.01 && silent < moments * 0.2, `${silent}`);
});

test.run();
