import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTION_TYPES } from '../../src/contract/control.ts';
import { requireSupport } from '../../src/domain/support.ts';

const drivers = [{ control: 'codeExecution', driver: 'simulated', version: null }] as const;
const machine = (osPlatform: string, osBuild: number | null, has = true) => ({
  osPlatform,
  osBuild,
  drivers: has ? [...drivers] : [],
});

for (const type of Object.values(ACTION_TYPES)) {
  test(`${type.name} needs Windows 10 1709 or later, or any other platform with a driver`, () => {
    for (const able of [
      machine('Windows10', 16_299),
      machine('Windows11', 22_631),
      machine('WindowsServer2019', null),
      machine('Linux', null),
      machine('Linux', 5),
      machine('macOS', 24),
    ]) {
      requireSupport(type, able);
    }
    const message = `${type.title} is supported on client version 1709 and above.`;
    for (const build of [0, 10_240, 16_298]) {
      assert.throws(() => requireSupport(type, machine('Windows10', build)), {
        code: 'ClientVersionNotSupported',
        message,
      });
    }
    for (const platform of ['Linux', 'macOS', 'Windows11', 'iOS']) {
      assert.throws(() => requireSupport(type, machine(platform, null, false)), {
        code: 'OsPlatformNotSupported',
        message: `OS Platform ${platform} isn't supported for this action.`,
      });
    }
  });
}
