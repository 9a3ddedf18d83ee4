/** A real device with the real enforcer, in a private world, and what can be tried on it from outside its agent. */
import assert from 'node:assert/strict';
import { type AgentProcess, agentInside, enrolAgentProcess } from './agent-process.ts';
import { createFapolicydWorld, type FapolicydWorld } from './fapolicyd-world.ts';

/** Users that an untrusted program is tried as. */
const USERS = { root: 0, nobody: 65_534 } as const;

export interface GuardedDevice extends AsyncDisposable {
  readonly world: FapolicydWorld;
  readonly agent: AgentProcess;
  /** An untrusted ELF is refused with EPERM to root and to others; a trusted one runs. */
  assertRefused(): Promise<void>;
  /** An untrusted ELF runs, as root and as another user. */
  assertRuns(): Promise<void>;
  /** Besides, the owner's configuration is there to the letter and no enforcer of ours runs. */
  assertOwners(): Promise<void>;
}

export async function enrolGuardedDevice(server: {
  url: string;
  token: string;
  driver?: string;
}): Promise<GuardedDevice> {
  const world = await createFapolicydWorld({ command: true });
  try {
    const owners = await world.configuration();
    const agent = await enrolAgentProcess(agentInside(world), { driver: 'fapolicyd', ...server });
    const assertRuns = async () => {
      for (const user of Object.values(USERS)) {
        const { ran, output } = await world.tryUntrusted(user);
        assert.equal(ran, true, output);
      }
    };
    return {
      world,
      agent,
      assertRuns,
      async assertRefused() {
        for (const user of Object.values(USERS)) {
          const { ran, errno, output } = await world.tryUntrusted(user);
          assert.deepEqual({ ran, errno }, { ran: false, errno: 'EPERM' }, output);
        }
        assert.equal((await world.run(['/usr/bin/true'])).status, 0);
      },
      async assertOwners() {
        assert.equal(await world.configuration(), owners);
        assert.deepEqual(await world.daemons(), []);
        await assertRuns();
      },
      async [Symbol.asyncDispose]() {
        await agent[Symbol.asyncDispose]();
        await world[Symbol.asyncDispose]();
      },
    };
  } catch (cause) {
    await world[Symbol.asyncDispose]();
    throw cause;
  }
}
