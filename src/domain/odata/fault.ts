import { CordonError } from '../error.ts';

/** Longest piece of the caller's own text that an error message repeats. */
const LONGEST_ECHO = 60;

/** An `ODataError` that opens as the vendor's do (reference, section 6). */
export function fault(message: string): CordonError {
  return new CordonError('ODataError', `The query specified in the URI is not valid. ${message}`);
}

/** As {@link fault}, with the place: `at` counts the characters of the option's decoded value from 1. */
export function faultAt(option: string, at: number, message: string): CordonError {
  return fault(`${option}, character ${at}: ${message}`);
}

/** The caller's text for a message: in quotes, cut when long. */
export function echo(text: string): string {
  return text.length > LONGEST_ECHO ? `'${text.slice(0, LONGEST_ECHO)}…'` : `'${text}'`;
}
