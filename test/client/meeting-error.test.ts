import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MeetingError, type MeetingErrorCode, meetingErrorText } from '../../src/client/index.ts';
import { toMeetingError } from '../../src/client/meeting-error.ts';
import { closeReasons, errorTexts } from '../../src/protocol/errors.ts';

const test = suite('meeting errors');

test('every code of the server has a sentence for people', () => {
  for (const code of [...Object.keys(errorTexts), ...Object.keys(closeReasons)] as MeetingErrorCode[]) {
    assert.match(meetingErrorText(code), /^[A-Z].+[.]$/, code);
  }
});

test('the server’s own words win where it has some', () => {
  const error = new MeetingError('internal', 'abc123', { message: 'Words of a newer server.' });
  assert.is(error.message, 'Words of a newer server.');
  assert.is(new MeetingError('network').message, meetingErrorText('network'));
});

test('whatever a browser throws becomes one kind of error, once', () => {
  const refused = new MeetingError('room-full');
  assert.is(toMeetingError(refused, 'media-failed'), refused);
  const cause = new DOMException('no such device', 'NotFoundError');
  const wrapped = toMeetingError(cause, 'media-failed');
  assert.is(wrapped.code, 'media-failed');
  assert.is(wrapped.detail, 'no such device');
  assert.is(wrapped.cause, cause);
  assert.is(toMeetingError('a string', 'media-failed').detail, 'a string');
});

test.run();
