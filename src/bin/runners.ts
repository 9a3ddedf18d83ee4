import { constants, setPriority } from 'node:os';
import type { Runners } from '../cli/runners.ts';
import { AGENT_RUNNERS } from './agent-runners.ts';
import { programText } from './text.ts';

/** Each verb loads its room when it is called, so that `cordon --help` loads none. */
export const RUNNERS: Runners = {
  ...AGENT_RUNNERS,
  serve: async (options, signal) => (await import('../server/serve.ts')).serve(options, signal),
  emulate: async (options, signal) => (await import('../emulator/emulate.ts')).emulate(options, signal),
  demo: async (options, signal) => (await import('./demo.ts')).demo(options, signal),
  load: async (options, api, signal, told) =>
    (await import('../load/load.ts')).runLoad(options, api, signal, told),
  mcp: async (options, api, signal) => {
    const streams = { input: process.stdin, output: process.stdout, errors: process.stderr };
    const { version } = programText();
    return (await import('../mcp/serve.ts')).serveMcp({ ...options, version }, api, streams, signal);
  },
  storeCopy: async (options, signal, progress) =>
    (await import('../server/copy-store.ts')).copyStore(options, signal, progress),
  storeBackup: async (options, progress) => {
    // The server beside it goes first: copying and checking may take all that it leaves.
    setPriority(constants.priority.PRIORITY_LOW);
    return (await import('../server/copies.ts')).backUpStore(options, progress);
  },
  storeRestore: async (options, progress) =>
    (await import('../server/copies.ts')).restoreStore(options, progress),
};
