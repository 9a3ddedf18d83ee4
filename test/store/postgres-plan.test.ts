/** What PostgreSQL reads for the lists that must stay cheap, with statistics of twenty thousand actions. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MACHINE_ACTION } from '../../src/contract/machine-action.ts';
import { parseQuery } from '../../src/domain/odata/query.ts';
import { actionCollection } from '../../src/store/collections.ts';
import { planList } from '../../src/store/list-plan.ts';
import { POSTGRES } from '../../src/store/postgres/dialect.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { machineId, TENANT } from '../kit/store.ts';

const ACTIONS = 20_000;
/** One machine has a tenth of all, as no machine has. */
const FILL = `
insert into machine_action (tenant_id, id, type, control, machine_id, requestor, requestor_comment, status, created_at,
  updated_at, error_hresult, request_source, generation, mode_before, revision)
select '${TENANT}', lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000',
  case when n % 2 = 0 then 'RestrictCodeExecution' else 'UnrestrictCodeExecution' end, 'codeExecution',
  'c0de' || lpad(to_hex(case when n % 10 = 0 then 0 else n % 1000 end), 36, '0'),
  case when n % 3 = 0 then 'ana@example.test' else 'bo@example.test' end, 'x', 'Succeeded',
  to_char(timestamp '2026-01-01' + n * interval '30 seconds', 'YYYY-MM-DD"T"HH24:MI:SS') || '.0000000Z',
  '2026-06-01T00:00:00.0000000Z', 0, 'PublicApi', n, 'unmanaged', 1
from generate_series(1, ${ACTIONS}) n`;

/** Rows that are read at most for a page of 100 behind 1,000 others: each way that is merged, and the page's own. */
const WANTS: readonly (readonly [query: string, index: string, rows: number])[] = [
  [`$filter=machineId eq '${machineId(0)}'&$top=100&$skip=1000`, 'machine_action_machine', 1_300],
  [
    "$filter=requestor eq 'ana@example.test' and type eq 'RestrictCodeExecution'&$top=100&$skip=1000",
    'machine_action_requestor',
    1_300,
  ],
  [
    "$filter=status eq 'Succeeded' and creationDateTimeUtc ge 2026-01-02T00:00:00Z&$top=100&$skip=1000",
    'machine_action_status',
    2_400,
  ],
  ['$top=100&$skip=1000', 'machine_action_created', 1_300],
];

interface Node {
  readonly 'Index Name'?: string;
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Node[];
}
const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];

describe('lists on PostgreSQL', { skip: whyNoPostgres() ?? false, timeout: 120_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
    await using _store = await openPostgresStore(await server.url());
    await server.query(FILL);
    await server.query('analyze machine_action');
  });
  after(() => server[Symbol.asyncDispose]());

  for (const [text, index, most] of WANTS) {
    test(`${text} reads ${index} and no more than the page needs`, async () => {
      const query = parseQuery(MACHINE_ACTION, text, { pageSize: 1000 });
      const scope = { tenantId: TENANT, query, visible: null, machineId: null };
      const { page, bounded, candidates } = planList(POSTGRES, actionCollection, scope);
      assert.deepEqual([bounded, candidates], [true, null]);
      const explained = await server.query(
        `explain (analyze, format json) ${page.statement.text}`,
        page.params,
      );
      const [root] = (explained[0]?.['QUERY PLAN'] ?? []) as { Plan: Node }[];
      const plan = root?.Plan as Node;
      const scans = nodes(plan).filter((node) => /Scan/.test(node['Node Type']) && node['Index Name']);
      assert.ok(
        scans.some((scan) => scan['Index Name'] === index),
        JSON.stringify(plan),
      );
      assert.ok(!nodes(plan).some((node) => node['Node Type'] === 'Seq Scan'), JSON.stringify(plan));
      const read = scans.reduce((sum, scan) => sum + scan['Actual Rows'] * scan['Actual Loops'], 0);
      assert.ok(read <= most, `${read} rows were read: ${JSON.stringify(plan)}`);
    });
  }
});
