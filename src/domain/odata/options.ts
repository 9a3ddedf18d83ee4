import { echo, fault } from './fault.ts';

/** The system query options that are supported; each may be written without its `$` too, as OData 4.01 has it. */
const SUPPORTED = [
  '$filter',
  '$orderby',
  '$select',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
  '$format',
] as const;
export type OptionName = (typeof SUPPORTED)[number];

/** Written without `$` this one is left to the operations' own parameters. */
const ONLY_WITH_DOLLAR: ReadonlySet<string> = new Set<OptionName>(['$format']);

const BY_NAME: ReadonlyMap<string, OptionName> = new Map(
  SUPPORTED.flatMap((option) =>
    (ONLY_WITH_DOLLAR.has(option) ? [option] : [option, option.slice(1)]).map((name) => [name, option]),
  ),
);

/** OData has these, Cordon does not. */
const UNSUPPORTED = new Set([
  '$expand',
  '$search',
  '$apply',
  '$compute',
  '$deltatoken',
  '$id',
  '$index',
  '$levels',
  '$schemaversion',
]);

/** Longest decoded value of one option, in characters. */
export const MAX_OPTION_LENGTH = 16_384;

/** One `name=value` of a query string. */
export interface QueryPart {
  /** As it stood in the query string. */
  readonly raw: string;
  /** Null for a parameter that is none of the system query options. */
  readonly option: OptionName | null;
  /** Decoded. */
  readonly value: string;
}

/**
 * Takes a query string apart. Parameters that are not system query options are passed over, whatever they hold, as
 * clients add their own (`client-request-id`).
 * @throws CordonError `ODataError` for broken encoding, U+0000, unknown, unsupported, repeated or over-long options.
 */
export function queryParts(rawQuery: string): QueryPart[] {
  const seen = new Set<OptionName>();
  const parts: QueryPart[] = [];
  for (const raw of rawQuery.split('&')) {
    if (raw === '') continue;
    const equals = raw.indexOf('=');
    const name = decoded(equals < 0 ? raw : raw.slice(0, equals));
    const value = equals < 0 ? '' : decoded(raw.slice(equals + 1));
    const option = optionNamed(name.trim());
    if (option !== null) {
      if (seen.has(option)) throw fault(`The query option '${option}' is given more than once.`);
      if (value.length > MAX_OPTION_LENGTH) {
        throw fault(`The value of '${option}' is longer than ${MAX_OPTION_LENGTH} characters.`);
      }
      seen.add(option);
    }
    parts.push({ raw, option, value });
  }
  return parts;
}

function optionNamed(name: string): OptionName | null {
  const lower = name.toLowerCase();
  const found = BY_NAME.get(lower);
  if (found !== undefined) return found;
  if (UNSUPPORTED.has(lower)) throw fault(`The query option '${lower}' is not supported.`);
  if (lower.startsWith('$'))
    throw fault(`Custom query option ${echo(name)} that starts with '$' is not supported.`);
  return null;
}

/** Form decoding: `+` is a blank. */
function decoded(text: string): string {
  let result: string;
  try {
    result = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw fault(`${echo(text)} holds a percent sequence that is not UTF-8.`);
  }
  if (result.includes('\u0000')) throw fault('The character U+0000 is not allowed.');
  return result;
}
