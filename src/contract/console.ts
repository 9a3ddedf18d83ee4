/** What the console is told and sends: sessions of people, summaries of machines, live changes. */
import { Type } from 'typebox';
import type { Control, Mode } from './control.ts';
import type { Assurance } from './cordon.ts';
import type { ActionStatus } from './machine-action.ts';

/** How a person can sign in: a one-time link, the password of an emulator's user, or the identity provider. */
export const SIGN_IN_METHODS = ['password', 'link', 'openIdConnect'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** Answer of `GET /cordon/v1/signin`. */
export interface WireSignIn {
  methods: SignInMethod[];
  /** Name of the tenant; null where there are several, or none yet. */
  tenant: string | null;
  emulator: boolean;
}

/** Answer of `GET` and `POST /cordon/v1/session`. */
export interface WireSession {
  kind: 'user';
  /** As shown to people. */
  name: string;
  /** As history and roles name the person. */
  principal: string;
  tenantId: string;
  /** True for the local administrator, who needs no role and sees every group. */
  administrator: boolean;
  rolePermissions: string[];
  /** Ids of the operations that this person may call. */
  allowed: string[];
  /** Device groups whose machines the person sees, 0 for the machines of none; null for all. */
  groups: number[] | null;
  /** To be sent as `X-Cordon-CSRF` with every call that is no GET. */
  csrfToken: string;
  /** When the session ends, whatever is done in it. */
  expiresAt: string;
  /** When it ends unless something is done in it. */
  idleUntil: string;
}

/** Header that a call with the session's cookie carries unless it is a GET. */
export const CSRF_HEADER = 'x-cordon-csrf';
/** Header of a call that a page makes by itself: it does not keep an unattended session alive. */
export const BACKGROUND_HEADER = 'x-cordon-background';

/** Names of the session's cookie; the first wherever the public address is https. */
export const SESSION_COOKIES = { secure: '__Host-cordon-session', plain: 'cordon-session' } as const;

/** Milliseconds. */
export const SESSION_LIMITS = { longest: 12 * 3_600_000, idle: 3_600_000, link: 15 * 60_000 } as const;

/** Why a sign-in by the identity provider came to nothing, as `/console/sign-in?error=` says it. */
export const SIGN_IN_ERRORS = {
  denied: 'The identity provider refused, or the person gave up.',
  expired: 'The sign-in took longer than ten minutes, or was begun in another browser.',
  invalid: 'What the identity provider answered could not be verified.',
  tenant: 'The tenant of the person has no access here.',
  unavailable: 'The identity provider cannot be reached.',
} as const;
export type SignInError = keyof typeof SIGN_IN_ERRORS;

const closed = (title: string) => ({ title, additionalProperties: false });

/** Body of `POST /cordon/v1/session`: the code of a one-time link, or an emulator's user. */
export const SESSION_BODY = Type.Object(
  {
    code: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'What stands behind `#code=` in the link.' }),
    ),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  },
  closed('SessionRequest'),
);

/** A link has nothing to say. */
export const CONSOLE_LINK_BODY = Type.Object({}, closed('ConsoleLinkRequest'));

export interface WireConsoleLink {
  /** Opens the console as the local administrator, once. */
  url: string;
  expiresAt: string;
}

/** A control as a row of a list shows it. */
export interface WireSummaryControl {
  control: Control;
  mode: Mode;
  assurance: Assurance;
  generation: number;
  actionId: string | null;
  observedMode: Mode | null;
  observedAt: string | null;
  releaseAt: string | null;
}

/** A row of `GET /cordon/v1/machinesummaries`. */
export interface WireMachineSummary {
  id: string;
  computerDnsName: string;
  osPlatform: string;
  osVersion: string | null;
  version: string | null;
  healthStatus: string;
  lastSeen: string;
  lastIpAddress: string | null;
  rbacGroupId: number;
  rbacGroupName: string | null;
  machineTags: string[];
  agentVersion: string | null;
  controls: WireSummaryControl[];
  /** Whether the device is heard of; null for one that is inactive. */
  connected: boolean | null;
  activeAction: {
    id: string;
    type: string;
    status: ActionStatus;
    requestor: string;
    creationDateTimeUtc: string;
  } | null;
  /** The newest action, where it has ended as `Failed` or `TimeOut`; null where it ended otherwise, or one is under way. */
  lastFailure: { id: string; type: string; status: ActionStatus } | null;
}

/** Rows on a page of summaries. */
export const SUMMARY_PAGE = 2000;

/**
 * What the first page needs before it can be used: who is there, the first rows of the list of machines as it is ordered at
 * first, and the ways to sign in for who is not. The server names them in the head of the index page, so that they come while
 * the script does.
 */
export const FIRST_READ = {
  session: '/cordon/v1/session',
  machines: '/cordon/v1/machinesummaries?$orderby=computerDnsName&$top=100&$count=true',
  ways: '/cordon/v1/signin',
} as const;

/**
 * Events of `GET /cordon/v1/events`, each with JSON as its data: `hello` first, then `change` for each change. `reload`
 * says that more has changed than was told one by one, and `end` that the stream ends, and why.
 */
export interface WireEvents {
  hello: Record<string, never>;
  change: WireChange;
  reload: Record<string, never>;
  end: { reason: 'session' | 'stopping' };
}

/** Something of a machine that lists show has changed; with an action where one moved. */
export interface WireChange {
  machineId: string;
  actionId: string | null;
  status: ActionStatus | null;
}

/** Milliseconds between two comment lines of a stream on which nothing happens. */
export const EVENTS_HEARTBEAT = 15_000;
/** Milliseconds within which a connected device is heard of: its longest wait, and time to come back. */
export const CONNECTED_WITHIN = 90_000;
