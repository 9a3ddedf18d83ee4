import { constants } from 'node:os';

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** The name of an error number, such as `EPERM`. */
export const errnoOf = (number: number): string => NAMES.get(number) ?? `errno ${number}`;

/** What programs print for an error in the C locale (strerror(3)). */
const MESSAGES: Readonly<Record<string, string>> = {
  'Operation not permitted': 'EPERM',
  'Permission denied': 'EACCES',
  'No space left on device': 'ENOSPC',
  'Invalid argument': 'EINVAL',
  'No such file or directory': 'ENOENT',
};

/** The error that a program told, in words or by its name; null when it told none that is known. */
export function errnoIn(said: string): string | null {
  const inWords = Object.entries(MESSAGES).find(([message]) => said.includes(message))?.[1];
  return inWords ?? /: (E[A-Z0-9]+)\s*$/.exec(said)?.[1] ?? null;
}
