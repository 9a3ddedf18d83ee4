import type { KeyStore } from './port.ts';
import { serverKeyFrom } from './records/device.ts';
import { text } from './records/value.ts';
import { guard, type Sql, step } from './sql.ts';
import { CONTROLS } from './statements/controls.ts';
import { KEYS } from './statements/keys.ts';

/** What {@link KeyStore} promises, over any engine. */
export function keyStore(sql: Sql): KeyStore {
  const serverKeys = async () => (await sql.all(KEYS.all, [])).map(serverKeyFrom);
  const setting = async (name: string): Promise<string | null> => {
    const row = (await sql.all(KEYS.setting, [name]))[0];
    return row === undefined ? null : text(row.value);
  };
  return {
    serverKeys,
    async addServerKey({ id, purpose, material, createdAt, activeFrom, retiredAt }) {
      await sql.batch([step(KEYS.add, [id, purpose, material, createdAt, activeFrom, retiredAt])]);
      return serverKeys();
    },
    async retireServerKey(id, at) {
      await sql.batch([step(KEYS.retire, [id, at])]);
    },
    async retireUnpinnedServerKey(id, at) {
      return (await sql.batch([guard(KEYS.retireUnpinned, [id, at])])).done;
    },
    setting,
    async settle(name, value) {
      await sql.batch([step(KEYS.settle, [name, value])]);
      return (await setting(name)) ?? value;
    },
    async beginEpoch(epoch) {
      await sql.batch([guard(KEYS.settle, ['epoch', epoch]), step(CONTROLS.doubtAll, [])]);
      return (await setting('epoch')) ?? epoch;
    },
    async changeSetting(name, value) {
      await sql.batch([step(KEYS.change, [name, value])]);
    },
  };
}
