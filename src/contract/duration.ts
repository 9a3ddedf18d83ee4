/** Weeks to seconds, whole numbers. Years and months are left out: they have no fixed length. */
const FORM = /^P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;
const UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Bounds of `ReleaseAfter` in milliseconds, both included: a minute, and 90 days. */
export const RELEASE_AFTER = { least: 60_000, most: 90 * 86_400_000 } as const;

/** Milliseconds of an ISO 8601 duration such as `PT4H`, `P2D` or `P1DT12H`; null for any other text. */
export function durationOf(written: string): number | null {
  const parts = FORM.exec(written)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return null;
  return UNITS.reduce((sum, unit, index) => sum + Number(parts[index] ?? 0) * unit, 0);
}
