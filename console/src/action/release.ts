/** When a restriction ends by itself. */
export interface Release {
  /** `never`, an ISO 8601 duration, or `other` for the amount. */
  readonly choice: string;
  readonly amount: string;
  readonly unit: Unit;
}

export const UNITS = ['minutes', 'hours', 'days'] as const;
export type Unit = (typeof UNITS)[number];

export const NO_RELEASE: Release = { choice: 'never', amount: '2', unit: 'hours' };

export const RELEASES: readonly { readonly value: string; readonly word: string }[] = [
  { value: 'never', word: 'Only when somebody removes it' },
  { value: 'PT1H', word: 'After 1 hour' },
  { value: 'PT4H', word: 'After 4 hours' },
  { value: 'PT8H', word: 'After 8 hours' },
  { value: 'P1D', word: 'After 1 day' },
  { value: 'P7D', word: 'After 7 days' },
  { value: 'other', word: 'After another time …' },
];

const MINUTES: Readonly<Record<Unit, number>> = { minutes: 1, hours: 60, days: 1440 };
/** The API takes up to P90D. */
const MOST = 90 * MINUTES.days;

/** As the API takes it: an ISO 8601 duration, null for none, or a fault that says what is expected. */
export function durationOf({ choice, amount, unit }: Release): {
  readonly duration: string | null;
  readonly fault: string | null;
} {
  if (choice === 'never') return { duration: null, fault: null };
  if (choice !== 'other') return { duration: choice, fault: null };
  const number = /^\d{1,6}$/.test(amount.trim()) ? Number(amount) : 0;
  const minutes = number * MINUTES[unit];
  if (minutes < 1 || minutes > MOST)
    return { duration: null, fault: 'A whole number is expected, from 1 minute to 90 days.' };
  return {
    duration: unit === 'days' ? `P${number}D` : `PT${number}${unit === 'hours' ? 'H' : 'M'}`,
    fault: null,
  };
}
