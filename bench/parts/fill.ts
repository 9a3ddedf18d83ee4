/** A store of many actions in ten tenants, written by SQL: by the API it would take an hour. */
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { instantFrom } from '../../src/contract/time.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { makeDevice, makeMachine, makeTenant, makeToken } from '../../test/kit/store.ts';

const TENANTS = 10;
export const FLEET = 1000;

/** Machines of the tenant that is measured, every fifth of them inactive. */
export async function fillMachines(path: string, tenantId: string): Promise<void> {
  await using store = await openSqliteStore({ path, pid: process.pid });
  const now = instantFrom(Date.now());
  const token = makeToken({ tenantId, usesLeft: FLEET, expiresAt: instantFrom(Date.now() + 3_600_000) });
  await store.createEnrolmentToken(token);
  await Promise.all(
    Array.from({ length: FLEET }, (_, number) => {
      const healthStatus = number % 5 === 0 ? ('Inactive' as const) : ('Active' as const);
      const machine = makeMachine(number, { tenantId, healthStatus, firstSeen: now, lastSeen: now });
      return store.enrol({ tokenId: token.id, machine, device: makeDevice(machine), at: now });
    }),
  );
  for (let number = 1; number < TENANTS; number += 1)
    await store.createTenant(makeTenant({ id: randomUUID(), name: `bench ${number}` }));
}

/**
 * Brings each tenant to a tenth of `actions`, the newest of yesterday. A tenth of them is of one machine, a half by one
 * person and a quarter scans, so that every filter has a full page at any size; the newest 500 of others are pending.
 */
export function fillActions(path: string, actions: number): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('delete from machine_action');
    const each = Math.floor(actions / TENANTS);
    const insert = database.prepare(FILL);
    for (const { id } of database.prepare('select id from tenant order by id').all())
      insert.run({ each, tenant: id as string, pending: each - 500, begin: BEGIN });
    database.exec('analyze');
    database.exec('pragma wal_checkpoint(truncate)');
  } finally {
    database.close();
  }
}

/** Seconds since 1970 at which the oldest action of a tenant was made: half a minute for each of 100,000. */
const BEGIN = Date.UTC(2026, 0, 1) / 1000;

const FILL = `
with recursive counter (n) as (select 0 union all select n + 1 from counter where n + 1 < $each),
made as (
  select n, case when n % 10 = 0 then 0 else n % ${FLEET} end as machine, n % 4 = 0 as scan,
    n >= $pending and n % 10 <> 0 as pending,
    strftime('%Y-%m-%dT%H:%M:%S', $begin + n * 30, 'unixepoch') || '.0000000Z' as at
  from counter
)
insert into machine_action (
  tenant_id, id, type, control, machine_id, computer_dns_name, requestor, requestor_comment, status, created_at,
  updated_at, error_hresult, request_source, generation, mode_before, revision, deadline)
select $tenant, printf('%08x-0000-7000-8000-', n) || substr($tenant, 25),
  iif(scan, 'RunAntiVirusScan', 'RestrictCodeExecution'), iif(scan, null, 'codeExecution'),
  'c0de' || printf('%036x', machine), printf('ws-%03d.cordon.test', machine),
  iif(n % 2 = 0, 'ana@example.test', 'bo@example.test'), 'ticket ' || n, iif(pending, 'Pending', 'Succeeded'),
  at, at, 0, 'PublicApi', n, 'unmanaged', 1, iif(pending, '9999-01-01T00:00:00.0000000Z', null)
from made`;
