import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TransportFeedback } from '../../../bench/rtp/transport-feedback.ts';

const test = suite('transport feedback');

/** An independent reading of the draft's format: sequence number → arrival in ms (undefined: reported lost). */
function read(message: Buffer): Map<number, number | undefined> {
  assert.is((message[0] ?? 0) & 31, 15);
  assert.is(message[1], 205);
  assert.is((message.readUInt16BE(2) + 1) * 4, message.length);
  const base = message.readUInt16BE(12);
  const count = message.readUInt16BE(14);
  let clock = message.readUIntBE(16, 3) * 64;
  const symbols: number[] = [];
  let at = 20;
  while (symbols.length < count) {
    const chunk = message.readUInt16BE(at);
    at += 2;
    if (chunk >> 15 === 0) symbols.push(...Array.from({ length: chunk & 0x1fff }, () => (chunk >> 13) & 3));
    else if ((chunk >> 14) & 1) for (let bit = 12; bit >= 0; bit -= 2) symbols.push((chunk >> bit) & 3);
    else for (let bit = 13; bit >= 0; bit--) symbols.push((chunk >> bit) & 1);
  }
  const arrivals = new Map<number, number | undefined>();
  for (const [index, symbol] of symbols.slice(0, count).entries()) {
    if (symbol !== 0) {
      clock += (symbol === 1 ? message.readUInt8(at) : message.readInt16BE(at)) * 0.25;
      at += symbol === 1 ? 1 : 2;
    }
    arrivals.set((base + index) & 0xffff, symbol === 0 ? undefined : clock);
  }
  assert.ok(at <= message.length);
  return arrivals;
}

function close(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= 0.25,
    `${actual} is not about ${expected}`,
  );
}

test('arrivals and losses are told, in order, each once', () => {
  const feedback = new TransportFeedback();
  const base = 640_000;
  for (let i = 0; i < 30; i++) if (i % 7 !== 3) feedback.add((65_530 + i) & 0xffff, base + i * 3.1);
  const [message, ...others] = feedback.flush(1, 2);
  assert.equal(others, []);
  const arrivals = read(message as Buffer);
  assert.is(arrivals.size, 30);
  for (let i = 0; i < 30; i++) {
    const arrival = arrivals.get((65_530 + i) & 0xffff);
    if (i % 7 === 3) assert.is(arrival, undefined);
    else close(arrival, base + i * 3.1);
  }
  assert.equal(feedback.flush(1, 2), [], 'nothing new');
});

test('what is lost between two messages is in the second, what comes too late in none', () => {
  const feedback = new TransportFeedback();
  feedback.add(10, 1000);
  feedback.flush(1, 2);
  feedback.add(13, 1010);
  assert.equal([...read(feedback.flush(1, 2)[0] as Buffer).keys()], [11, 12, 13]);
  feedback.add(12, 1020);
  assert.is(feedback.pending, 0);
});

test('packets out of order have negative deltas; long pauses begin a new message', () => {
  const feedback = new TransportFeedback();
  feedback.add(1, 5000);
  feedback.add(3, 5010);
  feedback.add(2, 5040);
  feedback.add(4, 20_000);
  const messages = feedback.flush(1, 2).map(read);
  assert.is(messages.length, 2);
  close(messages[0]?.get(2), 5040);
  close(messages[0]?.get(3), 5010);
  close(messages[1]?.get(4), 20_000);
});

test('messages stay below the size of a packet', () => {
  const feedback = new TransportFeedback();
  for (let i = 0; i < 1500; i++) feedback.add(i, 1000 + i * 70);
  const messages = feedback.flush(1, 2);
  assert.ok(messages.length >= 4);
  for (const message of messages) assert.ok(message.length <= 1200, `${message.length} octets`);
});

test.run();
