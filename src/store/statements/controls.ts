import { CONTROL_COLUMNS } from '../records/control.ts';
import { type Statement, statement } from '../sql.ts';
import { ACTIVE } from './active.ts';
import { parameters, prefixed } from './text.ts';

const columns = CONTROL_COLUMNS.join(', ');
const activeAction = `select 1 from machine_action a
    where a.tenant_id = c.tenant_id and a.id = c.action_id and a.${ACTIVE}`;
/** What a read selects: in one statement, so that a control and its action are of one moment. */
const selection = `${prefixed('c', CONTROL_COLUMNS)},
  case when exists (${activeAction}) then 1 else 0 end as active`;
/** The same without the evidence, which is most of a row. */
const short = selection.replace('c.evidence', 'cast(null as text) as evidence');

export const CONTROLS = {
  /** The row of a control of which nothing was asked yet. No row when the machine is gone. */
  create: statement(
    'create control',
    `insert into machine_control (${columns}, active)
     select m.tenant_id, m.id, cast($3 as text), 'unmanaged', 0, null, 'unmanaged', null, null, null, null, 0, null,
       0, 0, null, 0
     from machine m where m.tenant_id = $1 and m.id = $2
     on conflict (tenant_id, machine_id, control) do update set control = excluded.control`,
  ),
  /**
   * $1 tenant, $2 machine, $3 control, $4 mode, $5 action, $6 deadline: another one's is voided. The row lets one of two
   * requests through: `active` says of it what the action's own status says to all who read.
   */
  raise: statement(
    'raise control',
    `update machine_control set mode_before = mode, action_before = action_id, release_before = release_at,
       mode = $4, action_id = $5, release_at = $6, generation = generation + 1, active = 1
     where tenant_id = $1 and machine_id = $2 and control = $3 and active = 0
     returning generation, mode_before, action_before, release_before`,
  ),
  /** $6 the generation whose deadline has passed. The deadline is used up by this, and never comes back. */
  release: statement(
    'release control',
    `update machine_control set mode_before = mode, action_before = action_id, release_before = null,
       mode = $4, action_id = $5, release_at = null, generation = generation + 1, active = 1
     where tenant_id = $1 and machine_id = $2 and control = $3 and generation = $6 and release_at is not null
       and active = 0
     returning generation, mode_before, action_before, release_before`,
  ),
  one: statement(
    'control',
    `select ${selection} from machine_control c
     where c.tenant_id = $1 and c.machine_id = $2 and c.control = $3`,
  ),
  /** $4 the action that it follows, which has ended, or null for none; the control stays as it is. */
  end: statement(
    'end action of control',
    `update machine_control set active = 0
     where tenant_id = $1 and machine_id = $2 and control = $3
       and action_id is not distinct from cast($4 as text)`,
  ),
  /** $4 mode, $5 action and $6 deadline from now on, $7 the action that must be the present one, and has ended. */
  move: statement(
    'move control',
    `update machine_control set mode_before = mode, action_before = action_id, release_before = release_at,
       mode = $4, action_id = $5, release_at = $6, generation = generation + 1, active = 0
     where tenant_id = $1 and machine_id = $2 and control = $3 and action_id = $7`,
  ),
  /** $4 the generation that the observation is for. */
  observe: statement(
    'observe control',
    `update machine_control set observed_generation = $4, observed_mode = $5, observed_proven = $6, drifted = $7,
       observed_at = $8, evidence = $9
     where tenant_id = $1 and machine_id = $2 and control = $3 and generation = $4`,
  ),
  /** A new epoch begins: what was observed before it is no fact any more. When and by what it was stays to be read. */
  doubtAll: statement(
    'doubt all controls',
    'update machine_control set observed_proven = 0, drifted = 0 where observed_proven = 1 or drifted = 1',
  ),
  doubt: statement(
    'doubt controls of machine',
    'update machine_control set observed_proven = 0, drifted = 0 where machine_id = $1',
  ),
  /** Without evidence. */
  ofMachine: statement(
    'controls of machine',
    `select ${short} from machine_control c
     where c.tenant_id = $1 and c.machine_id = $2 and c.generation > 0
     order by c.control`,
  ),
  due: statement(
    'due releases',
    `select ${selection} from machine_control c
     where c.release_at <= $1 and not exists (${activeAction})
     order by c.release_at limit $2`,
  ),
} as const;

/** Controls of `count` machines: $1 tenant, $2… the machines. */
export const controlsOfMachines = (count: number, evidence: 'with' | 'without'): Statement =>
  statement(
    null,
    `select ${evidence === 'with' ? selection : short} from machine_control c
     where c.tenant_id = $1 and c.machine_id in (${parameters(count, 2)}) and c.generation > 0
     order by c.machine_id, c.control`,
  );
