import type AjvCompiler from '@fastify/ajv-compiler';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * No route has a schema of its answer, which handlers write themselves. Fastify's own maker of serialisers loads Ajv with
 * the server, for none.
 */
export const plainJson = () => () => (answer: unknown) => JSON.stringify(answer);

type BuildValidator = ReturnType<typeof AjvCompiler>;
type Compile = ReturnType<BuildValidator>;
type Check = ReturnType<Compile>;

let makeCompiler: typeof AjvCompiler | null = null;

/** Loads what checks bodies, with Ajv in it. */
async function loadChecks(): Promise<void> {
  makeCompiler = (await import('@fastify/ajv-compiler')).default;
}

/**
 * The `preValidation` of every route that has a schema of its body. A call without a body lacks what the schema requires;
 * the schema alone would take it for nothing to check. The first one waits for what checks it.
 */
export function requireBody(
  request: FastifyRequest,
  _reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  request.body ??= {};
  if (makeCompiler !== null) done();
  else loadChecks().then(() => done(), done);
}

/**
 * Fastify's own validators, each made with the first body that it checks. Made before the server listens, they take a tenth to a fifth of
 * the time of its start (decision 0017), and loading their package a part of what is left (decision 0024).
 */
export const checkedWhenNeeded: BuildValidator = (...settings: Parameters<BuildValidator>) => {
  let compile: Compile | null = null;
  return ((definition) => {
    let made: Check | null = null;
    const check = (data: unknown) => {
      if (makeCompiler === null) throw new Error('A body is checked before what checks it was loaded.');
      compile ??= makeCompiler()(...settings) as Compile;
      made ??= compile(definition);
      const valid = made(data);
      check.errors = made.errors ?? null;
      return valid;
    };
    check.errors = null as Check['errors'];
    return check as Check;
  }) as Compile;
};
