/** Which room may import what, and why it may not import the rest. `docs/architecture.md` shows the same tables. */

export const ROOMS = [
  'contract',
  'domain',
  'store',
  'service',
  'http',
  'channel',
  'webhook',
  'server',
  'agent',
  'sdk',
  'cli',
  'mcp',
  'emulator',
  'load',
  'bin',
] as const;
export type Room = (typeof ROOMS)[number];

export interface RoomRule {
  /** What lives there, in a few words. */
  readonly holds: string;
  /** Rooms whose every file may be imported. */
  readonly rooms: readonly Room[];
  /** Single files of other rooms of which only types may be imported, with the reason. */
  readonly types: readonly { readonly file: string; readonly because: string }[];
  /** npm packages; a name that ends in `/` allows a whole scope. */
  readonly packages: readonly string[];
  /** Node's own modules: all, none, or those named. */
  readonly node: 'all' | 'none' | readonly string[];
  /** True when neither the room nor what it imports may load a package at run time. */
  readonly withoutPackages?: string;
}

export const RULES: Readonly<Record<Room, RoomRule>> = {
  contract: {
    holds: 'what is said: operations, entities, errors, permissions, device messages',
    rooms: [],
    types: [],
    packages: ['typebox'],
    node: 'none',
  },
  domain: {
    holds: 'what is true: life cycle, desired mode, access, queries; pure functions',
    rooms: ['contract'],
    types: [],
    packages: [],
    node: 'none',
  },
  store: {
    holds: 'what is remembered: the port, the SQL, one driver per engine',
    rooms: ['domain', 'contract'],
    types: [],
    packages: ['pg'],
    node: 'all',
  },
  service: {
    holds: 'what happens: requests, delivery, enrolment, tokens, sweeping',
    rooms: ['domain', 'contract'],
    types: [
      {
        file: 'src/store/port.ts',
        because: 'a service is given a store and knows its promises, never its engine',
      },
    ],
    packages: ['jose', 'lru-cache', 'openid-client'],
    node: ['node:crypto', 'node:net', 'node:util'],
  },
  http: {
    holds: 'the API for people and programs',
    rooms: ['service', 'domain', 'contract'],
    types: [],
    packages: ['fastify', '@fastify/', 'typebox'],
    node: 'all',
  },
  channel: {
    holds: 'the exchange with devices',
    rooms: ['service', 'domain', 'contract'],
    types: [],
    packages: ['fastify', 'typebox'],
    node: 'all',
  },
  webhook: {
    holds: 'the way out to receivers: outbox, message, signature, where it may go',
    rooms: ['service', 'domain', 'contract'],
    types: [
      {
        file: 'src/store/port.ts',
        because: 'the dispatcher is given a store and knows its promises, never its engine',
      },
    ],
    packages: [],
    node: ['node:crypto', 'node:dns', 'node:http', 'node:https', 'node:net'],
  },
  server: {
    holds: 'configuration, and the one place that puts the server together',
    rooms: ['http', 'channel', 'webhook', 'service', 'store', 'domain', 'contract'],
    types: [],
    packages: ['fastify', 'pino', 'prom-client'],
    node: 'all',
  },
  agent: {
    holds: 'the device: loop, ledger, identity, drivers',
    rooms: ['contract'],
    types: [],
    packages: [],
    node: 'all',
    withoutPackages:
      'the agent is trusted file by file on the device, so it stays small and brings no packages',
  },
  sdk: {
    holds: 'the client for programs',
    rooms: ['contract'],
    types: [],
    packages: [],
    node: 'none',
    withoutPackages:
      'a command starts faster without a schema library, and the client runs wherever fetch is',
  },
  cli: {
    holds: 'the command: verbs, options, tables for people',
    rooms: ['sdk', 'contract'],
    types: [],
    packages: ['commander', 'cli-table3', 'picocolors', 'yocto-spinner'],
    node: 'all',
  },
  mcp: {
    holds: 'the tools of an AI assistant, over the client',
    rooms: ['sdk', 'contract'],
    types: [],
    packages: ['@modelcontextprotocol/server', 'zod'],
    node: ['node:crypto', 'node:stream'],
  },
  emulator: {
    holds: 'a server with a simulated fleet for playbook developers',
    rooms: ['server', 'agent', 'contract'],
    types: [],
    packages: ['fastify', 'selfsigned', 'typebox'],
    node: 'all',
  },
  load: {
    holds: 'load on an installation, from outside: devices and a responder, and what they measured',
    rooms: ['agent', 'sdk', 'contract'],
    types: [],
    packages: [],
    node: 'all',
  },
  bin: {
    holds: 'the executable: composes what one verb needs',
    rooms: ['server', 'agent', 'cli', 'mcp', 'emulator', 'load', 'sdk', 'contract'],
    types: [],
    packages: [],
    node: 'all',
  },
};

/** Why an import is forbidden. Every pair of rooms that {@link RULES} does not allow has a row here. */
export const REASONS: readonly {
  readonly from: readonly Room[];
  readonly to: readonly Room[];
  readonly because: string;
}[] = [
  {
    from: ['contract'],
    to: ROOMS,
    because: 'the contract is written first and both ends share it; it depends on nobody',
  },
  {
    from: ['domain'],
    to: [
      'store',
      'service',
      'http',
      'channel',
      'webhook',
      'server',
      'agent',
      'sdk',
      'cli',
      'mcp',
      'emulator',
      'load',
      'bin',
    ],
    because: 'rules are decided without input and output, so that every case can be tested',
  },
  {
    from: ['store'],
    to: [
      'service',
      'http',
      'channel',
      'webhook',
      'server',
      'agent',
      'sdk',
      'cli',
      'mcp',
      'emulator',
      'load',
      'bin',
    ],
    because: 'a store keeps what it is given; who may do what is decided before',
  },
  {
    from: ['service'],
    to: ['store'],
    because: 'the engine is the choice of the composition; only types of the port are known',
  },
  {
    from: ['service'],
    to: ['http', 'channel', 'webhook', 'server', 'agent', 'sdk', 'cli', 'mcp', 'emulator', 'load', 'bin'],
    because: 'what happens is the same whoever asks, over whatever transport',
  },
  {
    from: ['http', 'channel'],
    to: ['store'],
    because: 'a handler that reads the store goes around access, limits and the life cycle',
  },
  {
    from: ['webhook'],
    to: ['store'],
    because: 'the engine is the choice of the composition; only types of the port are known',
  },
  { from: ['http'], to: ['channel'], because: 'the two ways in share services and nothing else' },
  { from: ['channel'], to: ['http'], because: 'the two ways in share services and nothing else' },
  {
    from: ['http', 'channel'],
    to: ['webhook'],
    because: 'what is told to others follows from what was written, whoever asked for it',
  },
  {
    from: ['webhook'],
    to: ['http', 'channel'],
    because: 'what a message shows of an action is given to it, as the API shows it',
  },
  {
    from: ['http', 'channel', 'webhook'],
    to: ['server', 'agent', 'sdk', 'cli', 'mcp', 'emulator', 'load', 'bin'],
    because: 'arrows never turn back, and client code has no place in a server',
  },
  {
    from: ['server'],
    to: ['agent', 'sdk', 'cli', 'mcp', 'emulator', 'load', 'bin'],
    because: 'a production server carries neither device code nor well-known credentials',
  },
  {
    from: ['agent', 'sdk', 'cli', 'mcp', 'load'],
    to: ['domain', 'store', 'service', 'http', 'channel', 'webhook', 'server'],
    because: "clients know the server by its wire only, as the vendor's clients do",
  },
  {
    from: ['agent', 'sdk', 'cli', 'mcp'],
    to: ['agent', 'emulator', 'load', 'bin'],
    because: 'these compose it, not the other way round',
  },
  {
    from: ['agent'],
    to: ['sdk', 'cli', 'mcp'],
    because: 'the agent speaks the signed exchange, and is no API client',
  },
  { from: ['sdk'], to: ['cli'], because: 'a program that uses the client has no terminal' },
  {
    from: ['sdk', 'cli'],
    to: ['mcp'],
    because: 'a command that is no server for assistants starts without their packages',
  },
  {
    from: ['mcp'],
    to: ['cli'],
    because: 'an assistant has no terminal, and standard output is the protocol',
  },
  {
    from: ['emulator'],
    to: ['domain', 'store', 'service', 'http', 'channel', 'webhook'],
    because: 'the emulator is the server as it is, put together by `server`, with a fleet beside it',
  },
  {
    from: ['emulator'],
    to: ['sdk', 'cli', 'mcp', 'load', 'bin'],
    because: 'it is composed by the command, not the other way round',
  },
  {
    from: ['load'],
    to: ['cli', 'mcp', 'emulator', 'bin'],
    because: 'it is composed by the command, and puts load on a server that others run',
  },
  {
    from: ['bin'],
    to: ['domain', 'store', 'service', 'http', 'channel', 'webhook'],
    because: '`server` alone puts the rooms of the server together',
  },
];

/** Reason why `from` may not import `to`; null when it may, or when none is given. */
export function reasonAgainst(from: Room, to: Room): string | null {
  if (from === to || RULES[from].rooms.includes(to)) return null;
  return REASONS.find((reason) => reason.from.includes(from) && reason.to.includes(to))?.because ?? null;
}

/**
 * The pages in `console/`, which are bundled for browsers: they know the server by its wire only, and import nothing of
 * `src` but the contract.
 */
export const CONSOLE = {
  packages: [
    '@tanstack/react-query',
    '@tanstack/react-table',
    '@tanstack/react-virtual',
    'react',
    'react-aria-components',
    'react-dom',
    'wouter',
  ] as readonly string[],
} as const;

/** Files longer than 300 lines, each with the reason. None is longer than 500. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'src/store/port.ts': 'one port: all that the server asks of a store, read as a whole',
  'test/architecture/rules.ts': 'the rules of every room and the reasons, read as a whole',
  'test/agent/loop.test.ts': 'the loop against one puppet server, a scenario after the other',
  'test/http/token/grants.test.ts': 'every row of the token endpoint, in the order of the reference',
  'test/kit/api-server.ts': 'one puppet: the API as clients see it, with its faults',
  'test/kit/device-server.ts': 'one puppet: a server that keeps the exchange, with its faults',
  'test/kit/device.ts': 'one puppet: a device that can be driven, with its faults',
  'test/kit/world.ts': 'one world: a server with its store, its clock and all that a scenario asks of it',
  'test/service/tokens/external.test.ts': 'one provider, every way in which its tokens can be wrong',
};

/** Uses of time and chance; logic is given them as arguments. */
export const CLOCK_AND_CHANCE = [
  'Date.now',
  'new Date()',
  'performance.now',
  'process.hrtime',
  'Math.random',
  'import randomUUID',
  'import randomBytes',
  'import randomInt',
  'import getRandomValues',
  'crypto.randomUUID',
  'crypto.getRandomValues',
] as const;

/** Rooms whose logic is tested with a clock and ids of the test's choice. */
export const WITHOUT_CLOCK: readonly Room[] = [
  'contract',
  'domain',
  'store',
  'service',
  'http',
  'channel',
  'webhook',
  'agent',
  'sdk',
];

/** Files of {@link WITHOUT_CLOCK} that may use time or chance, with the reason. */
export const CLOCK_ROOTS: Readonly<Record<string, string>> = {
  'src/agent/canary/fresh.ts': 'a canary must be a program that nothing can have trusted before',
  'src/agent/clock.ts': 'the monotonic clock and the real wait of the device, in one place',
  'src/agent/loop.ts': 'jitter of retries, where the composition gives no other chance',
  'src/agent/main.ts': 'puts the agent of a real device together',
  'src/http/app.ts':
    'correlation ids name a request in the log and in the answer; no decision depends on them',
  'src/store/sqlite/scanner.ts': 'measures how long a read has run; no row depends on it',
  'src/store/sqlite/scans.ts': 'measures how long a read has run; no row depends on it',
  'src/sdk/system.ts': 'the real clock and the real wait of the client, in one place',
};

/** Files that may read the environment, with the reason. */
export const ENVIRONMENT_READERS: Readonly<Record<string, string>> = {
  'src/agent/main.ts': 'puts the agent of a real device together; the proxy variables go on as an argument',
};
