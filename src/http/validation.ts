import type { FastifySchemaValidationError } from 'fastify';
import { CordonError } from '../domain/error.ts';

type Rule = (fault: FastifySchemaValidationError, name: string) => CordonError;

const invalidBody = (text: string) => new CordonError('InvalidRequestBody', `Invalid request body. ${text}`);
const invalidInput = (name: string, text: string) =>
  new CordonError('InvalidInput', `Invalid input ${name}. ${text}`);

/** What a broken keyword of a body's schema means for the caller; a wrong type is a bad body, a wrong value bad input. */
const RULES: Readonly<Record<string, Rule>> = {
  required: (fault, name) =>
    new CordonError(
      'MissingRequiredParameter',
      `Parameter ${join(name, String(fault.params.missingProperty))} is missing.`,
    ),
  additionalProperties: (fault, name) =>
    invalidBody(
      `The property ${join(name, String(fault.params.additionalProperty).slice(0, 128))} is not known.`,
    ),
  type: (fault, name) => invalidBody(`${subject(name)} must be of type ${String(fault.params.type)}.`),
  enum: (fault, name) => notAmong(fault, name, fault.params.allowedValues as unknown[]),
  const: (fault, name) => notAmong(fault, name, [fault.params.allowedValue]),
};

/** Every list of values of ours is one of texts. */
function notAmong(
  fault: FastifySchemaValidationError,
  name: string,
  values: readonly unknown[],
): CordonError {
  const { data } = fault as { data?: unknown };
  if (typeof data !== 'string') return invalidBody(`${subject(name)} must be of type string.`);
  return invalidInput(name, `One of these is expected: ${values.join(', ')}.`);
}

/** The error that a schema's refusal becomes. */
export function validationFault(faults: readonly FastifySchemaValidationError[]): CordonError {
  const fault = faults.find(({ keyword }) => keyword !== 'const' && keyword !== 'anyOf') ?? faults[0];
  if (fault === undefined) return invalidBody('It does not have the expected form.');
  const name = fault.instancePath.slice(1).replaceAll('/', '.');
  const alternatives = faults.filter(({ keyword }) => keyword === 'const');
  if (alternatives[0] !== undefined) {
    return notAmong(
      alternatives[0],
      name,
      alternatives.map(({ params }) => params.allowedValue),
    );
  }
  return (
    RULES[fault.keyword]?.(fault, name) ?? invalidInput(name, `It ${fault.message ?? 'is not acceptable'}.`)
  );
}

function join(name: string, property: string): string {
  return name === '' ? property : `${name}.${property}`;
}

function subject(name: string): string {
  return name === '' ? 'It' : `The property ${name}`;
}
