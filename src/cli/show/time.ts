let format: Intl.RelativeTimeFormat | null = null;
/** Made when it is first needed: it takes 30 ms, which every other command and each start of the server would pay. */
const relative = () => {
  format ??= new Intl.RelativeTimeFormat('en', { style: 'short', numeric: 'always' });
  return format;
};

const STEPS: readonly (readonly [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number])[] = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [Number.POSITIVE_INFINITY, 'day', 86_400],
];

/** `12 sec. ago`; a moment in the future, from a clock that is ahead, reads as now. */
export function ago(instant: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(instant)) / 1000));
  if (Number.isNaN(seconds)) return instant;
  const [, unit, size] = STEPS.find(([limit]) => seconds < limit)!;
  return seconds === 0 ? 'now' : relative().format(-Math.floor(seconds / size), unit);
}

/** `in 3 hr.`; a moment that has passed reads as now. */
export function ahead(instant: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(instant) - now) / 1000));
  const [, unit, size] = STEPS.find(([limit]) => seconds < limit)!;
  return seconds === 0 ? 'now' : relative().format(Math.floor(seconds / size), unit);
}

/** `2026-03-02 09:15:20 UTC`. */
export function clock(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}

/** `09:15:20.650`; the service leaves out zeros at the end of a fraction, and a fraction that is nothing. */
export function timeOfDay(instant: string): string {
  const [, time, fraction] = /^[^T]*T(\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(instant) ?? [];
  return time === undefined ? instant : `${time}.${(fraction ?? '').slice(0, 3).padEnd(3, '0')}`;
}

/** `0.4 s`, `2 min 5 s`, `3 h 10 min`. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
