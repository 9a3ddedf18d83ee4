import { observation } from './actions.ts';
import type { ControlStore } from './port.ts';
import { controlFrom } from './records/control.ts';
import { guard, type Sql } from './sql.ts';
import { CONTROLS, controlsOfMachines } from './statements/controls.ts';

/** Machines named in one statement; far below what any engine takes as parameters. */
const AT_ONCE = 1000;

/** What {@link ControlStore} promises, over any engine. */
export function controlStore(sql: Sql): ControlStore {
  return {
    async controls(tenantId, machineId) {
      return (await sql.all(CONTROLS.ofMachine, [tenantId, machineId])).map(controlFrom);
    },
    async controlsOf(tenantId, machineIds, evidence = 'with') {
      const found = [];
      for (let start = 0; start < machineIds.length; start += AT_ONCE) {
        const some = machineIds.slice(start, start + AT_ONCE);
        const statement = controlsOfMachines(some.length, evidence);
        for (const row of await sql.all(statement, [tenantId, ...some])) found.push(controlFrom(row));
      }
      return found;
    },
    async dueReleases(now, limit) {
      return (await sql.all(CONTROLS.due, [now, limit])).map(controlFrom);
    },
    async observe(tenantId, machineId, control, observed) {
      const unit = [guard(CONTROLS.observe, [tenantId, machineId, control, ...observation(observed)])];
      return (await sql.batch(unit)).done;
    },
  };
}
