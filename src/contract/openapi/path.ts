import type { JsonObject } from './json.ts';

interface Meaning {
  readonly description: string;
  readonly example: string;
}

const uuid = '5b1c4c1e-8f0f-4b8b-9d55-0f2a7b6c1d2e';

/** What the parameters of a path mean: by their name and, for `id`, by the segment before it. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'machines/id': {
    description: 'Id (40 hexadecimal digits), DNS name or directory id of a machine.',
    example: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
  },
  'machineactions/id': {
    description: 'Id of a machine action, a GUID.',
    example: '3d0c8b52-6a41-4f0e-9a57-0c1d2e3f4a5b',
  },
  'groups/id': { description: 'Id or name of a device group.', example: '12' },
  'serverkeys/id': { description: 'Id of a key that devices pin.', example: 'k7Qm0pYJ' },
  secretId: { description: 'Id of a secret.', example: uuid },
  keyId: { description: 'Id of a certificate or public key.', example: uuid },
  principal: { description: 'Principal name or object id of a user.', example: 'ana@example.test' },
  ip: { description: 'An address within the network of the machine.', example: '10.20.0.42' },
  timestamp: {
    description: 'A time within the last 30 days, as the vendor has it.',
    example: '2026-03-02T09:15:20Z',
  },
  tenant: { description: 'Id or name of a tenant.', example: '11111111-1111-4111-8111-111111111111' },
};
const ID: Meaning = { description: 'Its id.', example: uuid };

/** A path of the table in the description's form. */
export const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** The parameters of a path in the description's form. */
export function pathParameters(template: string): JsonObject[] {
  return [...template.matchAll(/(?:\/(\w+)\/)?[^/{]*\{(\w+)\}/g)].map(([, segment, name]) => {
    const { description, example } = MEANINGS[`${segment}/${name}`] ?? MEANINGS[name!] ?? ID;
    return { name, in: 'path', required: true, description, schema: { type: 'string' }, example };
  });
}
