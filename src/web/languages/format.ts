/** Numbers, dates and lists the way the reader's language writes them. */
export interface Format {
  number(value: number): string;
  /** with one digit after the point */
  tenths(value: number): string;
  /** bit/s */
  bitrate(bitsPerSecond: number): string;
  /** of 0 to 1 */
  percent(share: number): string;
  milliseconds(value: number): string;
  list(items: readonly string[]): string;
  /** hours and minutes */
  time(at: Date): string;
  /** date with hours and minutes */
  date(at: Date): string;
  /** "today", "yesterday", "3 days ago" */
  daysAgo(at: Date, now: Date): string;
}

const dayMs = 86_400_000;

/** @param locale BCP 47, for example `de-AT` */
export function createFormat(locale: string): Format {
  const number = new Intl.NumberFormat(locale);
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    number: (value) => number.format(value),
    tenths: (value) => tenths.format(value),
    bitrate: (bits) =>
      bits < 999_500
        ? `${number.format(Math.round(bits / 1000))}\u00a0kbit/s`
        : `${tenths.format(bits / 1e6)}\u00a0Mbit/s`,
    percent: (share) => percent.format(share),
    milliseconds: (value) => `${number.format(Math.round(value))}\u00a0ms`,
    list: (items) => list.format(items),
    time: (at) => time.format(at),
    date: (at) => date.format(at),
    daysAgo: (at, now) => relative.format(-calendarDays(at, now), 'day'),
  };
}

/** Midnights between two moments, in local time: 23:59 is "yesterday" two minutes later. */
function calendarDays(from: Date, to: Date): number {
  const midnight = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.max(0, Math.round((midnight(to) - midnight(from)) / dayMs));
}
