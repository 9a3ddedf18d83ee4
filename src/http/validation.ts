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
  enum: (fault, name) =>
    invalidInput(name, `One of these is expected: ${(fault.params.allowedValues as unknown[]).join(', ')}.`),
  const: (fault, name) => invalidInput(name, `${String(fault.params.allowedValue)} is expected.`),
};

/** The error that a schema's refusal becomes. */
export function validationFault(faults: readonly FastifySchemaValidationError[]): CordonError {
  const fault = faults.find(({ keyword }) => keyword !== 'const' && keyword !== 'anyOf') ?? faults[0];
  if (fault === undefined) return invalidBody('It does not have the expected form.');
  const name = fault.instancePath.slice(1).replaceAll('/', '.');
  const alternatives = faults
    .filter(({ keyword }) => keyword === 'const')
    .map(({ params }) => String(params.allowedValue));
  if (alternatives.length > 0)
    return invalidInput(name, `One of these is expected: ${alternatives.join(', ')}.`);
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
