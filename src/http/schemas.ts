import type AjvCompiler from '@fastify/ajv-compiler';

/**
 * No route has a schema of its answer, which handlers write themselves. Fastify's own maker of serialisers loads Ajv with
 * the server, for none.
 */
export const plainJson = () => () => (answer: unknown) => JSON.stringify(answer);

type BuildValidator = ReturnType<typeof AjvCompiler>;
type Compile = ReturnType<BuildValidator>;
type Check = ReturnType<Compile>;

let makeCompiler: typeof AjvCompiler | null = null;

/** Whether bodies can be checked. */
export const canCheck = (): boolean => makeCompiler !== null;

/** Loads what checks bodies, with Ajv in it; to be waited for before a body is checked. */
export async function loadChecks(): Promise<void> {
  makeCompiler = (await import('@fastify/ajv-compiler')).default;
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
