import { OPERATIONS } from '../../contract/operations.ts';
import { refusal } from '../../server/refusal.ts';
import { OTHER_OPERATIONS } from '../seen.ts';
import type { JournalFilter } from './journal.ts';

/** A name with a slip in it would find nothing, and an assertion that something was never called would hold. */
const NAMES: ReadonlySet<string> = new Set([...Object.keys(OPERATIONS), ...OTHER_OPERATIONS]);

/** Reads one parameter of the journal's query into a part of the filter; null where it has another form. */
const PARAMETERS: Readonly<
  Record<string, { form: string; read(text: string): Partial<JournalFilter> | null }>
> = {
  operation: {
    form: 'an operation such as restrictCodeExecution, or token, or discovery',
    read: (text) => (NAMES.has(text) ? { operation: text } : null),
  },
  since: {
    form: 'the id of an entry, after which those follow that are wanted, or a time such as 2026-03-02T09:15:20Z',
    read: (text) => {
      if (/^\d{1,15}$/.test(text)) return { afterId: Number(text) };
      const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7})\d*)?Z$/.exec(text);
      return time === null ? null : { since: `${time[1]}.${(time[2] ?? '').padEnd(7, '0')}Z` };
    },
  },
  status: {
    form: 'a status such as 429, or a class such as 4xx',
    read: (text) => {
      const [, hundreds, rest] = /^([1-5])(\d\d|xx)$/i.exec(text) ?? [];
      if (hundreds === undefined || rest === undefined) return null;
      const least = Number(hundreds) * 100;
      const exact = least + Number(rest);
      return { status: Number.isNaN(exact) ? [least, least + 99] : [exact, exact] };
    },
  },
};

const ALL: JournalFilter = { operation: null, afterId: null, since: null, status: null };

/** @throws CordonError `InvalidInput` that says which parameter takes what */
export function filterOf(query: Readonly<Record<string, unknown>>): JournalFilter {
  const parts = Object.entries(query).map(([name, value]) => {
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (parameter === undefined) {
      const known = Object.keys(PARAMETERS).join(', ');
      throw refusal('InvalidInput', `The journal has no filter ${name.slice(0, 64)}; it has ${known}.`);
    }
    const part = typeof value === 'string' ? parameter.read(value) : null;
    if (part === null) throw refusal('InvalidInput', `The filter ${name} must be ${parameter.form}.`);
    return part;
  });
  return Object.assign({ ...ALL }, ...parts);
}
