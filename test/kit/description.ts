/**
 * Compares answers with the API's description: an answer whose status, headers or body the description does not have,
 * a property that is missing or too much, a wrong type, all are faults. Stricter than the description towards
 * additions: a client passes over them, a test must not.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ERROR_CODES } from '../../src/contract/errors.ts';
import { describeApi } from '../../src/contract/openapi/document.ts';

export interface Answer {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Json = { [name: string]: Json } & Json[];

const description = describeApi({ url: 'https://cordon.test', tenant: null });
const document = JSON.parse(JSON.stringify(description)) as Json;

/** Objects with named properties have no others, unless the description says so. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  return 'properties' in inner && inner.type === 'object' && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** With `$select` an entity has only the properties that were named. */
function cut(schemas: Json): Json {
  const optional = Object.entries(schemas).map(([name, schema]) =>
    /^Machine(Action)?$/.test(name) ? [name, { ...schema, required: [] }] : [name, schema],
  );
  return Object.fromEntries(optional) as Json;
}

const whole = closed(document) as Json;
const parts = { ...whole, components: { ...whole.components, schemas: cut(whole.components!.schemas!) } };
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(whole, 'whole').addSchema(parts, 'parts');

const validators = new Map<string, ValidateFunction>();
function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known !== undefined) return known;
  const made = ajv.compile({ $ref: pointer });
  validators.set(pointer, made);
  return made;
}

const escaped = (text: string) => text.replace(/[.*+?^$()[\]\\|]/g, '\\$&');
/** Names before placeholders, so that `/machines/findbytag` is no machine. */
const placeholders = (path: string) => (path.includes('(') ? 0 : path.split('{').length);
/** Addresses of the description; what is in brackets may be written in many ways. */
const ADDRESSES = Object.keys(document.paths!)
  .sort((a, b) => placeholders(a) - placeholders(b))
  .map((path) => ({
    path,
    pattern: new RegExp(
      `^${escaped(path)
        .replace(/\\\(.*\\\)/, '\\(.*\\)')
        .replace(/\{\w+\}/g, '[^/]+')}$`,
      'i',
    ),
  }));

/** Served, and no part of the description. */
const BESIDE = /^\/($|console(\/|$)|cordon\/v1\/(device|emulator|signin)\/|reference|cordon\/emulator)/i;
/** What may answer where nothing is. */
const NOWHERE = [400, 403, 404, 405, 408, 414, 503];
/** What may answer a method that an address does not have; 400 where the request could not be read to its end. */
const OTHERWISE = [400, 403, 405, 503];

/** Addresses are the same however their characters are written; one that cannot be read stays as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What is wrong with an answer; empty when it is as described. */
export function faultsOf(answer: Answer): string[] {
  const [written = '', query = ''] = answer.target.split('?', 2);
  const path = decoded(written)
    .replace(/^\/api\/v1\.0(?=\/)/i, '/api')
    .replace(/(?<=.)\/$/, '');
  if (BESIDE.test(path)) return [];
  const method = (answer.method === 'HEAD' ? 'GET' : answer.method).toLowerCase();
  const address = ADDRESSES.find(({ pattern }) => pattern.test(path))?.path;
  // The form of a token request may travel in the body of a GET.
  const entry =
    address === undefined
      ? undefined
      : document.paths![address]![method === 'get' && /\/token$/i.test(path) ? 'post' : method];
  const faults =
    entry === undefined || answer.status === 405
      ? refusalFaults(answer, address !== undefined)
      : replyFaults(answer, entry, /(^|&)(\$|%24)?select=/i.test(query) ? 'parts' : 'whole');
  return faults.map((fault) => `${answer.method} ${answer.target} → ${answer.status}: ${fault}`);
}

function refusalFaults(answer: Answer, exists: boolean): string[] {
  if (!(exists ? OTHERWISE : NOWHERE).includes(answer.status)) return ['nothing is described there'];
  if (/\/token$/i.test(answer.target.split('?')[0]!)) return [];
  const name =
    { 404: 'NotFound', 405: 'MethodNotAllowed', 503: 'ServiceUnavailable' }[answer.status] ?? 'BadRequest';
  return contentFaults(answer, `#/components/responses/${name}`, 'whole');
}

function replyFaults(answer: Answer, entry: Json, variant: string): string[] {
  const reply = entry.responses![answer.status];
  if (reply === undefined) return [`the status is not described for ${String(entry.operationId)}`];
  const place = reply.$ref as unknown as string | undefined;
  if (place !== undefined) return contentFaults(answer, place, variant);
  const path = Object.entries(document.paths!).find(([, item]) => Object.values(item).includes(entry))!;
  const method = Object.entries(path[1]).find(([, one]) => one === entry)![0];
  return contentFaults(
    answer,
    `#${pointer('paths', path[0], method, 'responses', String(answer.status))}`,
    variant,
  );
}

const pointer = (...steps: readonly string[]) =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** @param place pointer to the answer in the description */
function contentFaults(answer: Answer, place: string, variant: string): string[] {
  const reply = place
    .slice(2)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, step) => value[step]!, document);
  const faults = Object.entries(reply.headers ?? {}).flatMap(([name, header]) =>
    headerFaults(answer, name, header),
  );
  if (answer.method === 'HEAD') return faults;
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  if (reply.content === undefined) return answer.text === '' ? faults : [...faults, 'no body is described'];
  if (reply.content[type] === undefined) return [...faults, `the type ${type} is not described`];
  let value: unknown;
  try {
    value = JSON.parse(answer.text);
  } catch {
    return [...faults, 'the body is no JSON'];
  }
  const validate = validatorOf(`${variant}${encodeURI(`${place}${pointer('content', type, 'schema')}`)}`);
  if (!validate(value)) {
    const found = validate.errors!.map(({ instancePath, message, params }) =>
      `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
    );
    faults.push(...found.slice(0, 8));
  }
  return [...faults, ...codeFaults(answer.status, value)];
}

function headerFaults({ headers }: Answer, name: string, described: Json): string[] {
  const reference = described.$ref as unknown as string | undefined;
  const header =
    reference === undefined ? described : document.components!.headers![reference.split('/').at(-1)!]!;
  const value = headers.get(name);
  if (value === null) return (header.required as unknown) === true ? [`the header ${name} is missing`] : [];
  const read = (header.schema!.type as unknown) === 'integer' ? Number(value) : value;
  return ajv.validate(header.schema as object, read) ? [] : [`the header ${name} has the value ${value}`];
}

/** The code of an error is one of its status. */
function codeFaults(status: number, value: unknown): string[] {
  const code = (value as { error?: { code?: string } } | null)?.error?.code;
  if (typeof code !== 'string') return [];
  const entries: [string, { status: number; wire?: string }][] = Object.entries(ERROR_CODES);
  return entries.some(([name, entry]) => entry.status === status && (entry.wire ?? name) === code)
    ? []
    : [`the code ${code} is none of the status`];
}
