import type { Measured } from '../report/result.ts';
import type { MediaCounters } from './media-meter.ts';
import type { ServerReading } from './server-probe.ts';

/** What follows from counters and readings by arithmetic alone. */

export function traffic(counted: MediaCounters, seconds: number): Measured['traffic'] {
  return {
    inPacketsPerSecond: counted.sentPackets / seconds,
    inMbitPerSecond: (counted.sentOctets * 8) / seconds / 1e6,
    outPacketsPerSecond: counted.receivedPackets / seconds,
    outMbitPerSecond: (counted.receivedOctets * 8) / seconds / 1e6,
    probePacketsPerSecond: counted.probePackets / seconds,
    controlPacketsPerSecond: (counted.controlSent + counted.controlReceived) / seconds,
    videoFramesPerSecond: counted.framesReceived / seconds,
  };
}

export function loss(counted: MediaCounters): Measured['loss'] {
  const packets = Math.max(0, counted.expectedPackets - counted.receivedPackets);
  return {
    percent: counted.expectedPackets > 0 ? (packets / counted.expectedPackets) * 100 : 0,
    packets,
    recoveredPackets: counted.recoveredPackets,
    duplicatePackets: counted.duplicatePackets,
    askedAgain: counted.nacksSent,
    askedAgainByServer: counted.nacksReceived,
    sentAgainToServer: counted.resentPackets,
    keyFramesAskedFor: counted.pictureLossesSent,
  };
}

export function signalling(
  all: MediaCounters,
  counted: MediaCounters,
  participants: number,
  seconds: number,
): Measured['signalling'] {
  const people = Math.max(1, participants);
  const messages = (of: MediaCounters) => of.signallingMessagesSent + of.signallingMessagesReceived;
  const octets = (of: MediaCounters) => of.signallingOctetsSent + of.signallingOctetsReceived;
  return {
    messagesPerParticipant: messages(all) / people,
    octetsPerParticipant: octets(all) / people,
    messagesPerParticipantMinute: (messages(counted) / people / seconds) * 60,
    octetsPerParticipantMinute: (octets(counted) / people / seconds) * 60,
  };
}

/** ms of each worker between two readings. A worker that was replaced meanwhile counts from its own start. */
export function workerCpu(from: ServerReading | undefined, to: ServerReading | undefined): number[] {
  return (to?.workerCpuMs ?? []).map((cpu, index) => Math.max(0, cpu - (from?.workerCpuMs[index] ?? 0)));
}

export function serverCpu(from: ServerReading | undefined, to: ServerReading | undefined): number {
  return sum(workerCpu(from, to)) + (difference(to?.nodeCpuMs, from?.nodeCpuMs) ?? 0);
}

export function difference(later: number | undefined, earlier: number | undefined): number | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
