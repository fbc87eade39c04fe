// performance.now() and hrtime read the same clock; the offset turns "since this process began" into "since boot",
// which is the same number in every process of the machine.
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** ms of the machine's monotonic clock, with µs resolution. */
export function machineNow(): number {
  return performance.now() + offsetMs;
}
