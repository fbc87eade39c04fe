import type { Spread } from './spread.ts';

/** `pieces`: the measure's label says of what. `values`: how many values percentiles were made of. */
export type Unit =
  | 'packets/s'
  | 'Mbit/s'
  | '/s'
  | '%'
  | 'ms'
  | 'µs'
  | 's'
  | 'cores'
  | 'octets'
  | 'pieces'
  | 'values';

/** Number and unit, as precise as anybody can use it. */
export function withUnit(value: number, unit: Unit): string {
  return `${bare(value, unit)}${suffix(unit)}`;
}

/** Without the unit, except where it depends on the number. */
export function bare(value: number, unit: Unit): string {
  switch (unit) {
    case 'packets/s':
    case '/s':
    case 'pieces':
    case 'values':
      return Math.round(value).toLocaleString('en-US');
    case 'Mbit/s':
    case 's':
      return value.toFixed(1);
    case '%':
      return value.toFixed(Math.abs(value) < 1 && value !== 0 ? 3 : 1);
    case 'cores':
      return value.toFixed(2);
    case 'ms':
    case 'µs':
      return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
    case 'octets':
      return octets(value);
  }
}

/** In brackets behind a median; empty where all runs say the same, as far as it is shown. */
export function rangeText({ least, most }: Spread, unit: Unit): string {
  const [from, to] = [bare(least, unit), bare(most, unit)];
  return from === to ? '' : ` (${from}–${to})`;
}

function suffix(unit: Unit): string {
  switch (unit) {
    case 'octets':
    case 'pieces':
    case 'values':
      return '';
    case '/s':
      return unit;
    default:
      return ` ${unit}`;
  }
}

function octets(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  return Math.abs(value) >= 1000 ? `${(value / 1000).toFixed(1)} kB` : `${value.toFixed(0)} B`;
}
