import type { TSchema } from 'typebox';
import type { Operation } from '../operation.ts';
import type { Requirement } from '../permissions.ts';
import { VENDOR_SCOPE } from '../well-known.ts';
import type { Components } from './components.ts';
import { errorsOf } from './error-replies.ts';
import type { JsonObject } from './json.ts';
import { pathParameters, templateOf } from './path.ts';
import { sampleOf } from './sample.ts';
import { tagOf } from './tags.ts';

/** Where operations are served; the vendor's explicit version means the same as none. */
const BASES: Readonly<Record<Operation['base'], string>> = { vendor: '/api', cordon: '/cordon/v1' };

/** Address and entry of an operation in the description. @param url public address of the server */
export function operationEntry(
  operation: Operation,
  components: Components,
  url: string,
): { readonly path: string; readonly method: string; readonly entry: JsonObject } {
  const { base, method, id, summary, body, parameters } = operation;
  const template = operation.template ?? templateOf(operation.path);
  const context = `${url}${BASES[base]}/$metadata#${contextOf(operation)}`;
  const content = (schema: TSchema) => ({
    [mediaTypeOf(schema)]: {
      schema: components.place(schema),
      example: sampleOf(schema, context),
    },
  });
  const all = [
    ...pathParameters(template),
    ...parameters.map((parameter) => ({ ...parameter, schema: components.place(parameter.schema) })),
  ];
  return {
    path: `${BASES[base]}${template}`,
    method: method.toLowerCase(),
    entry: {
      operationId: id,
      summary,
      description: descriptionOf(operation),
      tags: [tagOf(base, operation.path)],
      security: securityOf(operation.requirement),
      ...(all.length === 0 ? {} : { parameters: all }),
      ...(body === null ? {} : { requestBody: { required: needed(body), content: content(body) } }),
      responses: {
        [operation.success]: {
          description: operation.reply === null ? 'Done; there is nothing to say.' : `${summary}.`,
          headers: { 'OData-Version': { $ref: '#/components/headers/OData-Version' } },
          ...(operation.reply === null ? {} : { content: content(operation.reply) }),
        },
        ...errorsOf(operation),
      },
      'x-cordon-role': operation.requirement.role,
      'x-cordon-limit': operation.limit,
    },
  };
}

const mediaTypeOf = (schema: TSchema & { type?: string; contentMediaType?: string }): string =>
  schema.contentMediaType ?? (schema.type === 'integer' ? 'text/plain' : 'application/json');

/** A body of nothing but optional properties may be left out. */
const needed = (body: TSchema): boolean => ((body as { required?: string[] }).required ?? []).length > 0;

/** The part of `@odata.context` behind the hash, as examples have it. */
function contextOf({ path, reply }: Operation): string {
  const title = JSON.stringify(reply).includes('requestorComment') ? 'MachineActions' : 'Machines';
  const set = path.startsWith('/alerts') ? 'Alerts' : title;
  return reply !== null && 'allOf' in reply ? `${set}/$entity` : set;
}

/**
 * An application by the first scheme, a user with any one of the permissions by the second, a person at the console by
 * the third. The permissions of an application are no scopes to ask for, so that they stand in the text alone.
 */
function securityOf({ delegated }: Requirement): JsonObject[] {
  return [
    { application: [VENDOR_SCOPE] },
    ...delegated.map((permission) => ({ user: [permission] })),
    { session: [] },
  ];
}

const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' or ');

function descriptionOf({ summary, details, requirement, limit }: Operation): string {
  const { application, delegated, role } = requirement;
  const limits =
    limit === null
      ? 'Applications: no limit.'
      : `Applications: ${limit.perMinute} calls a minute and ${limit.perHour} an hour.`;
  return [
    `${summary}.${details === null ? '' : ` ${details}`}`,
    `- Application permission: ${codes(application)}`,
    `- User permission: ${codes(delegated)}${role === null ? '' : `, and the role permission *${role}*`}`,
    `- ${limits} Users: 1,200 calls a minute over all operations.`,
  ].join('\n\n');
}
