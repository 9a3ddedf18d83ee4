import { ACTION_TYPES } from '../contract/control.ts';
import type { Machine } from '../domain/machine.ts';
import { addressSteps } from './machines.ts';
import type { DeviceStore } from './port.ts';
import { deviceFrom, tokenFrom, tokenParams } from './records/device.ts';
import { machineFrom, machineParams } from './records/machine.ts';
import { integer, text } from './records/value.ts';
import { guard, type Sql, step } from './sql.ts';
import { CONTROLS } from './statements/controls.ts';
import { DEVICES } from './statements/devices.ts';
import { MACHINES, machineReads } from './statements/machines.ts';

/** The controls that a machine has a row for from its enrolment on. */
const CONTROLS_KNOWN = [...new Set(Object.values(ACTION_TYPES).map(({ control }) => control))].filter(
  (control) => control !== null,
);

/** What {@link DeviceStore} promises, over any engine. */
export function deviceStore(sql: Sql): DeviceStore {
  const reads = machineReads(sql.dialect);
  return {
    async device(machineId) {
      const row = (await sql.all(DEVICES.byMachine, [machineId]))[0];
      return row === undefined ? null : deviceFrom(row);
    },
    async deviceByKey(tenantId, publicKey) {
      const row = (await sql.all(DEVICES.byKey, [tenantId, publicKey]))[0];
      return row === undefined ? null : deviceFrom(row);
    },
    async enrol({ tokenId, machine, device, at }) {
      const { tenantId, id } = machine;
      const outcome = await sql.batch([
        guard(DEVICES.useToken, [tenantId, tokenId, at]),
        step(MACHINES.insert, machineParams(machine)),
        ...addressSteps(tenantId, id, machine),
        ...CONTROLS_KNOWN.map((control) => step(CONTROLS.create, [tenantId, id, control])),
        ...machine.tags.map((tag) => step(MACHINES.addTag, [tenantId, id, tag])),
        step(DEVICES.insert, [
          device.tenantId,
          device.machineId,
          device.publicKey,
          device.enrolledAt,
          device.lastSequence,
          device.epoch,
          device.serverKeyId,
        ]),
      ]);
      return outcome.done;
    },
    async replaceKey({ tokenId, tenantId, machineId, oldKey, newKey, serverKeyId, at }) {
      const use = tokenId === null ? [] : [guard(DEVICES.useToken, [tenantId, tokenId, at])];
      const replace = guard(DEVICES.replaceKey, [tenantId, machineId, oldKey, newKey, serverKeyId]);
      return (await sql.batch([...use, replace])).done;
    },
    async renewEpoch(machineId, from, to) {
      const unit = [guard(DEVICES.renewEpoch, [machineId, from, to]), step(CONTROLS.doubt, [machineId])];
      return (await sql.batch(unit)).done;
    },
    async pinServerKey(machineId, from, to) {
      return (await sql.batch([guard(DEVICES.pinServerKey, [machineId, from, to])])).done;
    },
    async devicesByServerKey() {
      const rows = await sql.all(DEVICES.countByServerKey, []);
      return new Map(rows.map((row) => [text(row.server_key_id), integer(row.devices)]));
    },
    async machinesByServerKey(tenantId, serverKeyId, limit) {
      const rows = await sql.all(DEVICES.machinesByServerKey, [tenantId, serverKeyId, limit]);
      return rows.map((row) => ({
        id: text(row.id),
        computerDnsName: text(row.computer_dns_name),
        lastSeen: text(row.last_seen),
      }));
    },
    async received(machineId, sequence) {
      await sql.batch([step(DEVICES.received, [machineId, sequence])]);
    },
    async machineByFingerprint(tenantId, fingerprint): Promise<Machine | null> {
      const row = (await sql.all(reads.byFingerprint, [tenantId, fingerprint]))[0];
      return row === undefined ? null : machineFrom(row);
    },
    async enrolmentTokenByHash(hash) {
      const row = (await sql.all(DEVICES.tokenByHash, [hash]))[0];
      return row === undefined ? null : tokenFrom(row);
    },
    async createEnrolmentToken(token) {
      await sql.batch([step(DEVICES.insertToken, tokenParams(token))]);
    },
    async enrolmentTokens(tenantId) {
      return (await sql.all(DEVICES.tokens, [tenantId])).map(tokenFrom);
    },
    async revokeEnrolmentToken(tenantId, id, at) {
      return (await sql.batch([guard(DEVICES.revokeToken, [tenantId, id, at])])).done;
    },
  };
}
