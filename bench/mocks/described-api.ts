import { templateOf } from '../../src/contract/openapi/path.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Canned } from './table.ts';

const { path, success } = OPERATIONS.restrictCodeExecution;

interface Description {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly responses: Responses } }>>;
}
type Responses = Readonly<Record<string, { readonly content: { 'application/json': { example: unknown } } }>>;

/** The whole API as the measured server describes it, with the body as the example that the one call is answered with. */
export function describedApi({ description, body }: Canned): string {
  const api = JSON.parse(description) as Description;
  const described = api.paths[`/api${templateOf(path)}`]?.post?.responses[success];
  if (described === undefined) throw new Error(`The description has no answer ${success} of ${path}.`);
  described.content['application/json'].example = JSON.parse(body);
  return JSON.stringify(api);
}
