/**
 * A small checker for messages from outside, without any library, for the rooms that must stay small. A check never
 * throws: hostile or huge input gives a list of faults. It builds what it returns anew, so that nothing the message
 * carried besides the known properties goes further, and it looks at no more of the input than its limits allow.
 */

/** What a check found: the value, built anew of its known properties, or what is wrong with the input. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: string[] };

/** More faults than these help nobody, and a hostile message could ask for millions. */
const MAXIMUM_FAULTS = 20;

/** Collects faults; `INVALID` marks a value that was refused. */
export type Faults = string[];
export const INVALID: unique symbol = Symbol('invalid');
export type Rule<T> = (input: unknown, path: string, faults: Faults) => T | typeof INVALID;

/** Notes what is wrong at a place, up to the most faults that help. */
export function refuse(faults: Faults, path: string, problem: string): typeof INVALID {
  if (faults.length < MAXIMUM_FAULTS) faults.push(`${path}: ${problem}`);
  return INVALID;
}

/** Text of `minimum` to `maximum` UTF-16 units, well formed and without U+0000, which no store of ours can keep. */
export function text(minimum: number, maximum: number, pattern: RegExp | null = null): Rule<string> {
  return (input, path, faults) => {
    if (typeof input !== 'string') return refuse(faults, path, 'must be text');
    if (input.length < minimum || input.length > maximum) {
      return refuse(faults, path, `must have ${minimum} to ${maximum} characters`);
    }
    if (input.includes('\0') || !input.isWellFormed()) {
      return refuse(faults, path, 'must be well-formed Unicode without U+0000');
    }
    if (pattern !== null && !pattern.test(input)) return refuse(faults, path, 'has a wrong form');
    return input;
  };
}

/** A whole number of `minimum` to `maximum`. */
export function integer(minimum: number, maximum: number): Rule<number> {
  return (input, path, faults) =>
    typeof input === 'number' && Number.isSafeInteger(input) && input >= minimum && input <= maximum
      ? input
      : refuse(faults, path, `must be a whole number of ${minimum} to ${maximum}`);
}

/** A finite number of `minimum` to `maximum`. */
export function finite(minimum: number, maximum: number): Rule<number> {
  return (input, path, faults) =>
    typeof input === 'number' && Number.isFinite(input) && input >= minimum && input <= maximum
      ? input
      : refuse(faults, path, `must be a number of ${minimum} to ${maximum}`);
}

export const flag: Rule<boolean> = (input, path, faults) =>
  typeof input === 'boolean' ? input : refuse(faults, path, 'must be true or false');

export function oneOf<const T extends string>(values: readonly T[]): Rule<T> {
  return (input, path, faults) =>
    values.includes(input as T) ? (input as T) : refuse(faults, path, `must be one of ${values.join(', ')}`);
}

export function nullable<T>(rule: Rule<T>): Rule<T | null> {
  return (input, path, faults) => (input === null ? null : rule(input, path, faults));
}

/** A list of at most `maximum` items; a longer one is refused before its items are looked at. */
export function list<T>(rule: Rule<T>, maximum: number): Rule<T[]> {
  return (input, path, faults) => {
    if (!Array.isArray(input)) return refuse(faults, path, 'must be a list');
    if (input.length > maximum) return refuse(faults, path, `must have at most ${maximum} items`);
    const items: T[] = [];
    let valid = true;
    for (let index = 0; index < input.length; index += 1) {
      const item = rule(input[index], `${path}[${index}]`, faults);
      if (item === INVALID) valid = false;
      else items.push(item);
    }
    return valid ? items : INVALID;
  };
}

/** Values by name: at most `maximum` names of 1 to 64 characters. */
export function table<T>(rule: Rule<T>, maximum: number): Rule<Record<string, T>> {
  const name = text(1, 64);
  return (input, path, faults) => {
    if (!isObject(input)) return refuse(faults, path, 'must be an object');
    const keys = Object.keys(input);
    if (keys.length > maximum) return refuse(faults, path, `must have at most ${maximum} properties`);
    const entries: [string, T][] = [];
    for (const key of keys) {
      if (name(key, `${path} (a property's name)`, faults) === INVALID) return INVALID;
      const value = rule(input[key], `${path}.${key}`, faults);
      if (value === INVALID) return INVALID;
      entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };
}

type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]-?: Rule<T[K]> };
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]-?: Rule<Exclude<T[K], undefined>> };

/** An object with these properties; what it has besides is left behind. An optional property may be absent. */
export function object<T extends object>(required: Required<T>, optional: Optional<T>): Rule<T> {
  const rules = [
    ...Object.entries(required).map(([name, rule]) => ({ name, rule: rule as Rule<unknown>, needed: true })),
    ...Object.entries(optional).map(([name, rule]) => ({ name, rule: rule as Rule<unknown>, needed: false })),
  ];
  return (input, path, faults) => {
    if (!isObject(input)) return refuse(faults, path, 'must be an object');
    const result: Record<string, unknown> = {};
    let valid = true;
    for (const { name, rule, needed } of rules) {
      const present = Object.hasOwn(input, name);
      if (!present && !needed) continue;
      const value = present
        ? rule(input[name], `${path}.${name}`, faults)
        : refuse(faults, `${path}.${name}`, 'is missing');
      if (value === INVALID) valid = false;
      else result[name] = value;
    }
    return valid ? (result as T) : INVALID;
  };
}

/** Applies a rule to a whole message. Input that cannot even be read (a proxy, a throwing getter) is a fault too. */
export function check<T>(rule: Rule<T>, input: unknown, name: string): Checked<T> {
  const faults: Faults = [];
  try {
    const value = rule(input, name, faults);
    if (value !== INVALID) return { ok: true, value };
  } catch {
    faults.push(`${name}: cannot be read`);
  }
  return { ok: false, faults };
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
