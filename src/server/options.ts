import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ListenAddress, RunRateLimit, WebhookAllowance } from '../contract/run-options.ts';
import type { Services } from '../http/services.ts';
import type { Timeouts } from '../service/actions.ts';
import type { Clock } from '../service/clock.ts';
import type { Neighbours } from '../service/neighbours.ts';
import type { ConsoleProvider } from '../service/sessions/open-id-connect.ts';
import type { TokenSource } from '../service/tokens/source.ts';
import type { Store } from '../store/port.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { TimeSource } from './time-source.ts';

/** What makes one server different from another. */
export interface ServerOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly listen: ListenAddress;
  /** Null takes the address that is listened on. */
  readonly publicUrl: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Tells browsers to use https only, for all ports of the host; not for an emulator on localhost. */
  readonly strictTransport: boolean;
  readonly trustProxy: readonly string[];
  /** Where webhooks may be sent besides the public network. */
  readonly webhookAllow: readonly WebhookAllowance[];
  readonly rateLimit: RunRateLimit | null;
  readonly external: readonly TokenSource[];
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
  /** Connections open at a time, 20,000 when left out; more are closed unheard. */
  readonly maxConnections?: number;
  /** Milliseconds for which an action is kept after its end; left out or null, all are kept. */
  readonly retainActions?: number | null;
  /** Counts what happens. */
  readonly metrics?: Metrics | null;
  /** Milliseconds between two sweeps, and between two looks for what webhooks are to be told. */
  readonly sweepEvery: number;
  /** Milliseconds after which the key that devices pin gets its successor by itself; null leaves it to operators. */
  readonly serverKeyAge: number | null;
  readonly passwordGrant: boolean;
  /** Where people sign in to the console; left out or null, a one-time link lets the local administrator in. */
  readonly consoleProvider?: ConsoleProvider | null;
  /** Where the built console lies; its usual place when left out. */
  readonly consoleFolder?: string;
  /** Tenant that the API's description names in the address of the token endpoint; left out, a placeholder stands there. */
  readonly tokenTenant?: string;
  readonly acceptsDriver: (driver: string) => boolean;
  readonly newMachineId: (dnsName: string) => string;
  /** 0, or how long ago the machines of a simulated fleet were first seen. */
  readonly enrolledMillisecondsAgo: number;
  readonly allowsHost: ((host: string | undefined) => boolean) | null;
  /** Where time comes from; a test steps it by hand. */
  readonly time: TimeSource;
  /** Other processes on the same store; without them only the store tells what they write. */
  readonly neighbours?: Neighbours;
  /** Milliseconds between the end of readiness and the end of listening; 0 when left out. */
  readonly drainMilliseconds?: number;
  /** Adds hooks that every call passes before all others, those of the token endpoints and of devices included. */
  readonly hooks?: (app: FastifyInstance) => void;
  /** Counts calls in the store, where the windows of limits follow the wall clock; the memory's follow what never jumps. */
  readonly countsInStore?: boolean;
  /** Adds further addresses and prepares the store, before the server listens. */
  readonly prepare?: (app: FastifyInstance, server: ServerParts) => Promise<void>;
  /** False while calls should wait; `/readyz` says so. */
  readonly ready?: () => boolean;
}

/** The parts that a composition above this one needs. */
export interface ServerParts {
  readonly store: Store;
  readonly services: Services;
  readonly clock: Clock;
  readonly publicUrl: () => string;
}

export interface RunningServer extends ServerParts {
  /** Address that is listened on, with the port taken. */
  readonly localUrl: string;
  /** A connection for plain HTTP from within this process, which takes no open file. */
  connect(): Duplex;
  /** Does at once what has become due: time-outs, timed releases, the upkeep of keys. For who lets time pass by leaps. */
  catchUp(): Promise<void>;
  /** Ends readiness, sends devices on; after the pause stops listening and lets calls under way finish. The store stays open. */
  close(): Promise<void>;
}
