import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { readNamedFile } from '../server/named-file.ts';
import { BEHAVIOURS, type Behaviour, type BehaviourName } from './behaviour.ts';

/** One machine of a simulated fleet. */
export interface PlannedMachine {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly tags: readonly string[];
  /** Milliseconds that it takes, in place of `--delay`. */
  readonly delay: number | null;
  /** Milliseconds after which its actions time out, in place of the behaviour's. */
  readonly timeout: number | null;
}

const closed = { additionalProperties: false } as const;

/** The form of a fleet file; `docs/operating.md` explains it. */
const FLEET: TSchema = Type.Object(
  {
    machines: Type.Array(
      Type.Object(
        {
          /** DNS name. With `count`, each `#` run in it becomes a number of that many digits. */
          name: Type.String({ pattern: '^[A-Za-z0-9#]([A-Za-z0-9#.-]{0,250})$' }),
          count: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
          behaviour: Type.Optional(Type.Enum(Object.keys(BEHAVIOURS))),
          osPlatform: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
          version: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
          osBuild: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
          tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 })),
          delay: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
          timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 259_200_000 })),
        },
        closed,
      ),
      { minItems: 1, maxItems: 20_000 },
    ),
  },
  closed,
);

interface FleetFile {
  machines: {
    name: string;
    count?: number;
    behaviour?: BehaviourName;
    osPlatform?: string;
    version?: string;
    osBuild?: number;
    tags?: string[];
    delay?: number;
    timeout?: number;
  }[];
}

const DOMAIN = 'cordon.test';
const NORMAL_MACHINES = 20;

/** `ws-001` to `ws-020` behave normally, and one machine of each other behaviour. */
export function defaultFleet(): readonly PlannedMachine[] {
  const special = (Object.keys(BEHAVIOURS) as BehaviourName[]).filter((name) => name !== 'normal');
  return planned({
    machines: [
      { name: `ws-###.${DOMAIN}`, count: NORMAL_MACHINES },
      ...special.map((behaviour) => ({ name: `ws-${behaviour}.${DOMAIN}`, behaviour })),
    ],
  });
}

/** Reads a fleet of one's own. @throws Error that names the file, the place in it and what is expected there */
export async function readFleet(path: string): Promise<readonly PlannedMachine[]> {
  const text = await readNamedFile('--fleet', path, 'a JSON file with the simulated machines');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The fleet file ${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const [fault] = Value.Errors(FLEET, content);
  if (fault !== undefined) {
    throw new Error(
      `The fleet file ${path} is not valid at ${fault.instancePath || 'its top'}: it ${fault.message}.`,
    );
  }
  const machines = planned(content as FleetFile);
  const names = new Set<string>();
  for (const { name } of machines) {
    if (names.has(name)) throw new Error(`The fleet file ${path} has two machines named ${name}.`);
    names.add(name);
  }
  return machines;
}

function planned(file: FleetFile): PlannedMachine[] {
  return file.machines.flatMap((entry) => {
    const known: Behaviour = BEHAVIOURS[entry.behaviour ?? 'normal'];
    const behaviour: Behaviour = {
      ...known,
      osPlatform: entry.osPlatform ?? known.osPlatform,
      version: entry.version ?? known.version,
      osBuild: entry.osBuild ?? (entry.osPlatform === undefined ? known.osBuild : null),
    };
    return Array.from({ length: entry.count ?? 1 }, (_, index) => ({
      name: entry.name.replaceAll(/#+/g, (run) => String(index + 1).padStart(run.length, '0')).toLowerCase(),
      behaviour,
      tags: entry.tags ?? [],
      delay: entry.delay ?? null,
      timeout: entry.timeout ?? known.timeout,
    }));
  });
}
