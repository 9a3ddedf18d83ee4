/** The faults: each strikes once in its round, while the load is on. */
import type { ServerProcess } from '../server-process.ts';
import { type BadDisk, noRoom, noRoomForTables, slowFlushes, whyNoStrace } from './bad-disk.ts';
import type { DeviceWeather } from './device-transport.ts';
import { moment } from './load.ts';
import { ENGINES, type Engine, type Site, silence } from './site.ts';

/** Shares of what goes wrong on the way, 0 to 1. */
export interface Weather extends DeviceWeather {
  /** A caller's request that the server has, and whose answer is lost. */
  callLost: number;
}

export interface World {
  readonly site: Site;
  readonly weather: Weather;
  readonly random: () => number;
  /** Seconds that a process is paused, at most. */
  readonly longestPause: number;
}

export interface Fault {
  readonly name: string;
  readonly engines: readonly Engine[];
  /** One line for the documents. */
  readonly summary: string;
  /** Why it cannot strike here; null when it can. */
  whyNot?(): string | null;
  /** Resolves when the worst is over; what it returns ends the rest once the load is. */
  strike(world: World): Promise<void | (() => Promise<void> | void)>;
}

const HOUR = 3_600_000;
/** Milliseconds between the beginning of the load and a fault, at most. */
const LEAD = 1_000;

const between = (random: () => number, low: number, high: number) => low + random() * (high - low);
const processOf = (world: World): number => some(world).process().child.pid!;
const some = ({ site: { servers }, random }: World): ServerProcess =>
  servers[Math.floor(random() * servers.length)]!;

async function onBadDisk(world: World, make: () => Promise<BadDisk>): Promise<void> {
  await moment(between(world.random, 0, LEAD));
  const bad = await make();
  await moment(between(world.random, 500, world.longestPause * 1000));
  await bad.end();
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill',
    engines: ENGINES,
    summary: 'a server is killed (`kill -9`) at a random moment, up to three times, and started again',
    async strike(world) {
      const times = 1 + Math.floor(world.random() * 3);
      for (let time = 0; time < times; time += 1) {
        await moment(between(world.random, 0, LEAD));
        const server = some(world);
        await server.kill();
        await server.start();
      }
    },
  },
  {
    name: 'pause',
    engines: ENGINES,
    summary: 'a server is stopped (`SIGSTOP`) for some seconds and goes on',
    async strike(world) {
      await moment(between(world.random, 0, LEAD));
      const { child } = some(world).process();
      child.kill('SIGSTOP');
      await moment(between(world.random, 500, world.longestPause * 1000));
      child.kill('SIGCONT');
    },
  },
  {
    name: 'clock',
    engines: ENGINES,
    summary:
      'the wall clock of one server is set up to six hours forward or back, and right again after the load',
    async strike(world) {
      await moment(between(world.random, 0, LEAD));
      const server = some(world);
      await world.site.turnClock(server, Math.round(between(world.random, -6 * HOUR, 6 * HOUR)));
      await moment(between(world.random, 0, LEAD));
      return () => world.site.turnClock(server, 0);
    },
  },
  {
    name: 'reports',
    engines: ENGINES,
    summary: "devices' messages come twice, or after those that follow them",
    async strike({ weather }) {
      Object.assign(weather, { doubled: 0.5, late: 0.2 });
    },
  },
  {
    name: 'answers',
    engines: ENGINES,
    summary: 'answers to devices and callers are lost after the server acted',
    async strike({ weather }) {
      Object.assign(weather, { lost: 0.3, callLost: 0.3 });
    },
  },
  {
    name: 'diskFull',
    engines: ['sqlite'],
    summary: "no write into SQLite's files finds room, for some seconds",
    whyNot: whyNoStrace,
    strike: (world) => onBadDisk(world, () => noRoom(processOf(world))),
  },
  {
    name: 'diskSlow',
    engines: ['sqlite'],
    summary: 'each flush to the disk takes up to half a second longer, for some seconds',
    whyNot: whyNoStrace,
    strike: (world) => onBadDisk(world, () => slowFlushes(processOf(world), between(world.random, 50, 500))),
  },
  {
    name: 'databaseDiskFull',
    engines: ['postgres'],
    summary: "no table and no index of PostgreSQL's finds room to grow, for some seconds",
    whyNot: whyNoStrace,
    strike: (world) => onBadDisk(world, () => noRoomForTables(world.site.database!.processes())),
  },
  {
    name: 'killBoth',
    engines: ['postgres'],
    summary: 'all servers on one database are killed at once and started again at once',
    async strike({ site, random }) {
      await moment(between(random, 0, LEAD));
      await Promise.all(site.servers.map((server) => server.kill()));
      await Promise.all(site.servers.map((server) => server.start()));
    },
  },
  {
    name: 'databaseKilled',
    engines: ['postgres'],
    summary: 'PostgreSQL is killed (`kill -9`) and started again',
    async strike({ site, random }) {
      await moment(between(random, 0, LEAD));
      await site.database?.stop('kill');
      await moment(between(random, 0, LEAD));
      await site.database?.start();
    },
  },
  {
    name: 'databaseStopped',
    engines: ['postgres'],
    summary: 'PostgreSQL is stopped in order and started again some seconds later',
    async strike({ site, random, longestPause }) {
      await moment(between(random, 0, LEAD));
      await site.database?.stop('fast');
      await moment(between(random, 0, longestPause * 1000));
      await site.database?.start();
    },
  },
  {
    name: 'connectionsCut',
    engines: ['postgres'],
    summary: 'all connections to PostgreSQL are cut (`pg_terminate_backend`), five times',
    async strike({ site, random }) {
      for (let time = 0; time < 5; time += 1) {
        await moment(between(random, 0, LEAD));
        await site.database?.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null',
        );
      }
    },
  },
  {
    name: 'notificationsLost',
    engines: ['postgres'],
    summary: 'no process hears of what another wrote, save by its timer',
    async strike({ site }) {
      const { database } = site;
      if (database === null) return;
      await silence(database, true);
      return () => silence(database, false);
    },
  },
];
