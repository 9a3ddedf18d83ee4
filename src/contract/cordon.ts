/** Bodies and replies of what Cordon adds under `/cordon/v1`. Properties are written in camelCase. */
import { Type } from 'typebox';
import type { Control, Mode } from './control.ts';
import type { DriverFacts, Evidence } from './device.ts';
import type { WireMachine } from './machine.ts';
import type { ActionStatus, WireMachineAction } from './machine-action.ts';
import { APPLICATION_PERMISSIONS, ROLE_PERMISSIONS } from './permissions.ts';
import { OVERLAP_HOURS } from './webhook.ts';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 120 });
const principal = Type.String({ minLength: 1, maxLength: 256 });
const oneOf = <const T extends readonly string[]>(values: T) => Type.Enum([...values] as string[]);

export const APPLICATION_BODIES = {
  create: Type.Object(
    {
      displayName: name,
      permissions: Type.Array(oneOf(APPLICATION_PERMISSIONS), { maxItems: 50 }),
      /** Days until the secret expires, 1 to 730; left out, it does not. */
      secretDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })),
    },
    closed,
  ),
  change: Type.Object({ permissions: Type.Array(oneOf(APPLICATION_PERMISSIONS), { maxItems: 50 }) }, closed),
  secret: Type.Object({ secretDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })) }, closed),
  /** A PEM certificate or public key. */
  key: Type.Object({ pem: Type.String({ minLength: 1, maxLength: 20_000 }) }, closed),
} as const;

export const ROLE_BODIES = {
  create: Type.Object(
    { name, permissions: Type.Array(oneOf(ROLE_PERMISSIONS), { minItems: 1, maxItems: 20 }) },
    closed,
  ),
  /** What is left out stays as it is. */
  change: Type.Object(
    {
      name: Type.Optional(name),
      permissions: Type.Optional(Type.Array(oneOf(ROLE_PERMISSIONS), { minItems: 1, maxItems: 20 })),
    },
    { ...closed, minProperties: 1, examples: [{ permissions: ['View data'] }] },
  ),
  assign: Type.Object({ principal }, closed),
} as const;

const rank = Type.Integer({ minimum: 1, maximum: 10_000 });
const rules = Type.Array(
  Type.Object(
    {
      property: oneOf(['name', 'domain', 'tag', 'osPlatform'] as const),
      operator: oneOf(['equals', 'startsWith', 'endsWith', 'contains'] as const),
      values: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 10 }),
    },
    closed,
  ),
  { maxItems: 20 },
);

export const GROUP_BODIES = {
  create: Type.Object(
    {
      name,
      rank: Type.Optional(rank),
      rules: Type.Optional(rules),
    },
    closed,
  ),
  /** What is left out stays as it is. */
  change: Type.Object(
    { name: Type.Optional(name), rank: Type.Optional(rank), rules: Type.Optional(rules) },
    { ...closed, minProperties: 1, examples: [{ rank: 1 }] },
  ),
  assign: Type.Object({ principal }, closed),
  /** Id, DNS name or directory id of the machine. */
  place: Type.Object({ machine: Type.String({ minLength: 1, maxLength: 256 }) }, closed),
} as const;

export const ENROLMENT_TOKEN_BODY = Type.Object(
  {
    /** How many machines may use it, 1 to 100,000; 1 when left out. */
    uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    /** Minutes until it expires, 1 to 43,200; 60 when left out. */
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 43_200 })),
    /** Name or id of the group that the machines join. */
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    /** The machine whose key the token may replace. */
    machine: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  },
  closed,
);

/** A rotation has nothing to say. */
export const SERVER_KEY_BODY = Type.Object({}, closed);

const url = Type.String({ minLength: 1, maxLength: 2048 });
const instant = Type.String({ minLength: 1, maxLength: 40 });

export const WEBHOOK_BODIES = {
  create: Type.Object({ name, url }, closed),
  /** What is left out stays as it is. */
  change: Type.Object(
    { name: Type.Optional(name), url: Type.Optional(url), enabled: Type.Optional(Type.Boolean()) },
    closed,
  ),
  rotate: Type.Object(
    { overlapHours: Type.Optional(Type.Integer({ minimum: 0, maximum: OVERLAP_HOURS.most })) },
    closed,
  ),
  test: Type.Object({}, closed),
  replayOne: Type.Object({}, closed),
  replay: Type.Object(
    {
      /** Transitions at this time or later, ISO 8601. */
      since: instant,
      /** Transitions before this time; all until now when left out. */
      until: Type.Optional(instant),
      /** Only deliveries that ended so; both when left out. */
      state: Type.Optional(oneOf(['delivered', 'failed'] as const)),
    },
    closed,
  ),
} as const;

/** What a machine shows of a control: whether the desired mode is a proven fact. */
export type Assurance = 'unmanaged' | 'proven' | 'changing' | 'unproven' | 'drifted';

export interface WireControl {
  control: Control;
  mode: Mode;
  assurance: Assurance;
  generation: number;
  /** The action that the mode follows from. */
  actionId: string | null;
  observedMode: Mode | null;
  observedAt: string | null;
  /** When the server releases the control by itself; null where only a person does. */
  releaseAt: string | null;
  evidence: Evidence | null;
}

/** The vendor's action with what Cordon adds to it. */
export interface WireActionState extends WireMachineAction {
  /** When the machine is to be released, as the request asked; null for an action without such a time. */
  releaseAt: string | null;
  /** Whether that time still stands: false once it was voided by another action, or was reached. */
  releaseStands: boolean;
  /** The restriction that this action ends because its time was over; null for what somebody asked. */
  releaseOf: string | null;
}

/** What came of one machine of `POST /cordon/v1/machines/actions`, in the order in which they were named. */
export interface WireRequestedAction {
  /** As the request named it. */
  machine: string;
  /** 201, or the status that a call for this machine alone would have had. */
  status: number;
  /** The accepted action; null where it was refused. */
  action: WireActionState | null;
  /** Why it was refused, as the error of a call for this machine alone; null where it was accepted. */
  error: { code: string; message: string } | null;
}

export interface WireMachineState extends WireMachine {
  /** Whether the machine was put into its group by hand, or by its enrolment token: rules do not move it. */
  groupPlaced: boolean;
  drivers: DriverFacts[];
  controls: WireControl[];
}

/** One line of `GET /cordon/v1/machineactions/{id}/history`. */
export interface WireActionEvent {
  revision: number;
  at: string;
  status: ActionStatus;
  actor: { kind: string; id: string; name: string };
  cause: string;
  evidence: Evidence | null;
}

/** An entry of `GET /cordon/v1/machineactions`: the action with all that happened to it. */
export interface WireActionRecord extends WireMachineAction {
  history: WireActionEvent[];
}

export interface WireApplication {
  id: string;
  displayName: string;
  permissions: string[];
  createdAt: string;
  revokedAt: string | null;
  secrets: { id: string; createdAt: string; expiresAt: string | null }[];
  keys: { id: string; createdAt: string }[];
}
/** Answer to a creation: the secret is in no other answer. */
export interface WireApplicationCreated extends WireApplication {
  tenantId: string;
  secret: string;
}
export interface WireRole {
  id: string;
  name: string;
  permissions: string[];
  principals: string[];
  createdAt: string;
}
export interface WireGroup {
  id: number;
  name: string;
  rank: number;
  rules: { property: string; operator: string; values: string[] }[];
  principals: string[];
  createdAt: string;
}
export interface WireEnrolmentToken {
  id: string;
  groupId: number | null;
  machineId: string | null;
  usesLeft: number;
  expiresAt: string;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
}
export interface WireEnrolmentTokenCreated extends WireEnrolmentToken {
  token: string;
}
/** A key of the server that devices pin. */
export interface WireServerKey {
  id: string;
  /** Public half of the Ed25519 key, base64url. */
  publicKey: string;
  createdAt: string;
  /** When it ended: revoked, or retired because no device has it pinned any more. */
  retiredAt: string | null;
  /** True for the one that devices move to. */
  newest: boolean;
  /** Devices of all tenants that have it pinned. */
  machines: number;
}
export interface WirePinningMachine {
  id: string;
  computerDnsName: string;
  lastSeen: string;
}
