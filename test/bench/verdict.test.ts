import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClientReport } from '../../bench/client-plan.ts';
import type { Measured } from '../../bench/report/result.ts';
import { judge } from '../../bench/verdict.ts';

const test = suite('bench verdict');
const ready: ClientReport = { index: 0, state: 'ready', joinMs: 10 };
const good: Measured = {
  seconds: 10,
  participants: 1,
  traffic: {
    inPacketsPerSecond: 100,
    inMbitPerSecond: 1,
    outPacketsPerSecond: 100,
    outMbitPerSecond: 1,
    probePacketsPerSecond: 0,
    controlPacketsPerSecond: 10,
    videoFramesPerSecond: 30,
  },
  loss: {
    percent: 0,
    packets: 0,
    recoveredPackets: 0,
    duplicatePackets: 0,
    askedAgain: 0,
    askedAgainByServer: 0,
    sentAgainToServer: 0,
    keyFramesAskedFor: 0,
  },
  latency: { audio: undefined, video: undefined, retransmitted: undefined, floor: undefined },
  server: undefined,
  signalling: {
    messagesPerParticipant: 1,
    octetsPerParticipant: 1,
    messagesPerParticipantMinute: 1,
    octetsPerParticipantMinute: 1,
  },
  harness: {
    processes: 1,
    cpuPercent: 10,
    busiestLoopPercent: 10,
    loopDelayP99Ms: 2,
    latenessP99Ms: 1,
    skippedFrames: 0,
    residentOctets: 1,
  },
  machine: { busyPercent: 10, otherCores: 0 },
  sockets: { serverDropped: 0, serverWaitingOctets: 0, harnessDropped: 0, harnessWaitingOctets: 0 },
};

test('a quiet run in which all took part is valid', () => {
  assert.equal(judge([ready], good), { state: 'valid', reasons: [], remarks: [] });
});

test('a client that failed makes it invalid, with its reason', () => {
  const failed = (index: number): ClientReport => ({ index, state: 'failed', reason: 'not-found' });
  const { state, reasons } = judge([ready, failed(1), failed(2)], good);
  assert.is(state, 'invalid');
  assert.match(reasons[0] ?? '', /2 of 3 clients failed: 2 × not-found/);
  assert.is(judge([ready], undefined).state, 'invalid');
  assert.is(
    judge([ready], { ...good, traffic: { ...good.traffic, outPacketsPerSecond: 0 } }).state,
    'invalid',
  );
});

test('load clients that cannot keep up are the limit, not the server', () => {
  for (const worse of [
    { latenessP99Ms: 80 },
    { loopDelayP99Ms: 200 },
    { busiestLoopPercent: 99 },
    { skippedFrames: 5 },
  ]) {
    const { state, reasons } = judge([ready], { ...good, harness: { ...good.harness, ...worse } });
    assert.is(state, 'harness-limited', JSON.stringify(worse));
    assert.is(reasons.length, 1);
  }
});

test('packets that load clients did not read are not held against the server', () => {
  for (const worse of [{ harnessDropped: 1 }, { harnessWaitingOctets: 100_000 }]) {
    const { state } = judge([ready], { ...good, sockets: { ...good.sockets, ...worse } });
    assert.is(state, 'harness-limited', JSON.stringify(worse));
  }
});

test('a busy machine and lost datagrams are remarked', () => {
  const machine = { busyPercent: 99, otherCores: 1 };
  const sockets = { ...good.sockets, serverDropped: 7 };
  const { state, remarks } = judge([ready], { ...good, machine, sockets });
  assert.is(state, 'valid');
  assert.is(remarks.length, 3);
});

test.run();
