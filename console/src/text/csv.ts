/**
 * A value as a field of CSV (RFC 4180), always in quotes. What a spreadsheet would take for a formula gets an apostrophe
 * in front (OWASP, CSV injection): names, comments and tags come from anybody, and whoever opens the file must not run them.
 */
export function csvField(value: unknown): string {
  const text =
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const guarded = typeof value !== 'number' && FORMULA.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

/** Begins as a formula, whatever space or control is in front; the wide forms count in some spreadsheets. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORMULA = /^[\s\u0000-\u001f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** One line with its end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(csvField).join(',')}\r\n`;
