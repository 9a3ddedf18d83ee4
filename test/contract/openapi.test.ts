import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { MACHINE } from '../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../src/contract/machine-action.ts';
import { createComponents } from '../../src/contract/openapi/components.ts';
import { describeApi } from '../../src/contract/openapi/document.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';

interface Entry {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, object> };
  responses: Record<string, object>;
}

const description = describeApi({ url: 'https://cordon.test', tenant: null });
const document = JSON.parse(JSON.stringify(description)) as {
  servers: object[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Entry>>;
  components: { schemas: Record<string, { properties: Record<string, unknown>; required: string[] }> };
};
const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, entry]) => ({ path, method, ...entry })),
);

test('every operation of the table is described, with its permissions, its body and its answer', () => {
  for (const operation of Object.values<Operation>(OPERATIONS)) {
    const entry = entries.find(({ operationId }) => operationId === operation.id);
    assert.ok(entry, operation.id);
    assert.equal(entry.method, operation.method.toLowerCase());
    const { application, delegated } = operation.requirement;
    assert.deepEqual(
      entry.security,
      [
        { application: ['https://api.securitycenter.microsoft.com/.default'] },
        ...delegated.map((name) => ({ user: [name] })),
        { session: [] },
      ],
      operation.id,
    );
    for (const name of [...application, ...delegated]) assert.ok(entry.description.includes(`\`${name}\``));
    assert.equal(entry.requestBody !== undefined, operation.body !== null, operation.id);
    assert.ok(entry.responses[operation.success], operation.id);
    for (const status of [400, 401, 403, 405, 429, 500, 503])
      assert.ok(entry.responses[status], operation.id);
  }
});

test('operation ids are unique, every path parameter is described, and every tag is explained', () => {
  const ids = entries.map(({ operationId }) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, operationId, parameters = [], tags } of entries) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    assert.deepEqual(described, named, operationId);
    for (const tag of tags) assert.ok(document.tags.some(({ name }) => name === tag));
  }
});

test('a machine action has its 20 properties and a machine all of its own, in the order of the wire', () => {
  for (const [name, entity, count] of [
    ['MachineAction', MACHINE_ACTION, 20],
    ['Machine', MACHINE, 31],
  ] as const) {
    const wanted = entity.properties.map((property) => property.name);
    assert.equal(wanted.length, count);
    assert.deepEqual(Object.keys(document.components.schemas[name]!.properties), [
      '@odata.context',
      ...wanted,
    ]);
    assert.deepEqual(document.components.schemas[name]!.required, wanted);
  }
});

test('every example is one that its schema allows', () => {
  const ajv = formats.default(new Ajv2020({ strict: false }));
  ajv.addSchema(document, 'description');
  let count = 0;
  const look = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { schema, example } = value as { schema?: object; example?: unknown };
    const steps = (key: string) =>
      `${place}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    if (schema !== undefined && example !== undefined) {
      count += 1;
      const validate = ajv.compile({ $ref: `description#${place}/schema` });
      assert.ok(validate(example), `${place}: ${JSON.stringify(validate.errors)} ${JSON.stringify(example)}`);
    }
    for (const [key, inner] of Object.entries(value)) if (key !== 'example') look(inner, steps(key));
  };
  look(document, '');
  assert.ok(count > 80, `${count} examples`);
});

test('nothing of an installation is in it save its address', () => {
  assert.deepEqual(document.servers, [{ url: 'https://cordon.test' }]);
  const addresses = new Set(JSON.stringify(document).match(/https?:\/\/[^/"`]+/g));
  // The second is the scope of every token, the same everywhere.
  assert.deepEqual([...addresses].sort(), [
    'https://api.securitycenter.microsoft.com',
    'https://cordon.test',
  ]);
  assert.ok(!JSON.stringify(document.paths).includes('/cordon/v1/device/'), 'the exchange is no part of it');
});

test('two schemas cannot share a name', () => {
  const { place } = createComponents();
  place({ title: 'One', type: 'string' });
  place({ title: 'One', type: 'string' });
  assert.throws(() => place({ title: 'One', type: 'integer' }), /Two different schemas are called One/);
});
