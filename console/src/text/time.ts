/** `2026-11-26 03:04:05`, in the zone of the reader. */
export function localTime(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime())
    ? instant
    : `${localDay(at)} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** `2026-11-26 03:04:05 UTC` */
export function utcTime(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const localDay = (at: Date): string => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
const pad = (number: number): string => String(number).padStart(2, '0');

const STEPS: readonly { readonly seconds: number; readonly unit: string }[] = [
  { seconds: 86_400, unit: 'd' },
  { seconds: 3_600, unit: 'h' },
  { seconds: 60, unit: 'min' },
];

/** `3 min ago`, `in 2 h`, `now` within ten seconds. @param now milliseconds */
export function relativeTime(instant: string, now: number): string {
  const seconds = Math.round((now - new Date(instant).getTime()) / 1000);
  if (Number.isNaN(seconds)) return '';
  const distance = Math.abs(seconds);
  if (distance < 10) return 'now';
  const step = STEPS.find((candidate) => distance >= candidate.seconds);
  const text = step === undefined ? `${distance} s` : `${Math.floor(distance / step.seconds)} ${step.unit}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}
