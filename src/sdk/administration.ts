import type { WireConsoleLink } from '../contract/console.ts';
import type {
  WireApplication,
  WireApplicationCreated,
  WireEnrolmentToken,
  WireEnrolmentTokenCreated,
  WireGroup,
  WirePinningMachine,
  WireRole,
  WireServerKey,
} from '../contract/cordon.ts';
import { all, collection } from './collection.ts';
import type { RouteId } from './routes.ts';
import type { Transport } from './transport.ts';

/** A secret that was added to an application; the text is in no other answer. */
export interface WireSecretCreated {
  id: string;
  secret: string;
  createdAt: string;
  expiresAt: string | null;
}

export interface GroupRule {
  readonly property: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What administrators do; all of it needs `Cordon.Manage.All`, enrolment tokens `Cordon.Enrol.All`. Cordon only. */
export interface AdministrationVerbs {
  readonly applications: {
    list(): Promise<WireApplication[]>;
    create(body: {
      displayName: string;
      permissions: readonly string[];
      secretDays?: number;
    }): Promise<WireApplicationCreated>;
    /** Replaces the permissions. */
    permit(id: string, permissions: readonly string[]): Promise<WireApplication>;
    revoke(id: string): Promise<void>;
    addSecret(id: string, secretDays?: number): Promise<WireSecretCreated>;
    removeSecret(id: string, secretId: string): Promise<void>;
    addKey(id: string, pem: string): Promise<{ id: string; createdAt: string }>;
    removeKey(id: string, keyId: string): Promise<void>;
  };
  readonly roles: {
    list(): Promise<WireRole[]>;
    create(body: { name: string; permissions: readonly string[] }): Promise<WireRole>;
    /** Replaces the permissions. */
    /** What is left out stays as it is. */
    change(id: string, body: { name?: string; permissions?: readonly string[] }): Promise<WireRole>;
    delete(id: string): Promise<void>;
    assign(id: string, principal: string): Promise<WireRole>;
    unassign(id: string, principal: string): Promise<void>;
  };
  readonly groups: {
    list(): Promise<WireGroup[]>;
    create(body: { name: string; rank?: number; rules?: readonly GroupRule[] }): Promise<WireGroup>;
    /** What is left out stays as it is. */
    change(
      id: string,
      body: { name?: string; rank?: number; rules?: readonly GroupRule[] },
    ): Promise<WireGroup>;
    delete(id: string): Promise<void>;
    assign(id: string, principal: string): Promise<WireGroup>;
    unassign(id: string, principal: string): Promise<void>;
    place(id: string, machine: string): Promise<unknown>;
    /** Lets the rules say again in which group the machine is. */
    unplace(id: string, machine: string): Promise<void>;
  };
  readonly enrolmentTokens: {
    list(): Promise<WireEnrolmentToken[]>;
    create(body: {
      uses?: number;
      minutes?: number;
      group?: string;
      machine?: string;
    }): Promise<WireEnrolmentTokenCreated>;
    revoke(id: string): Promise<void>;
  };
  /** The keys that devices pin; for administrators of the installation's first tenant. */
  readonly serverKeys: {
    /** Newest first. */
    list(): Promise<WireServerKey[]>;
    rotate(): Promise<WireServerKey>;
    /** Machines that have a key pinned, those first that were not seen for longest; at most 1,000. */
    machines(id: string): Promise<WirePinningMachine[]>;
    /** Machines that have it pinned must be enrolled again. */
    revoke(id: string): Promise<void>;
  };
  /** A link that opens the console as the local administrator, once, within 15 minutes. */
  consoleLink(): Promise<WireConsoleLink>;
}

export function administrationVerbs(call: Transport): AdministrationVerbs {
  const list =
    <T>(route: RouteId) =>
    (): Promise<T[]> =>
      all(collection<T>(call, route, {}));
  const make =
    (route: RouteId) =>
    <T>(body: unknown): Promise<T> =>
      call<T>(route, { body });
  const drop =
    (route: RouteId) =>
    (id: string): Promise<void> =>
      call(route, { parameters: { id } });

  return {
    applications: {
      list: list('listApplications'),
      create: make('createApplication'),
      permit: (id, permissions) => call('changeApplication', { parameters: { id }, body: { permissions } }),
      revoke: drop('revokeApplication'),
      addSecret: (id, secretDays) =>
        call('createApplicationSecret', {
          parameters: { id },
          body: secretDays === undefined ? {} : { secretDays },
        }),
      removeSecret: (id, secretId) => call('removeApplicationSecret', { parameters: { id, secretId } }),
      addKey: (id, pem) => call('addApplicationKey', { parameters: { id }, body: { pem } }),
      removeKey: (id, keyId) => call('removeApplicationKey', { parameters: { id, keyId } }),
    },
    roles: {
      list: list('listRoles'),
      create: make('createRole'),
      change: (id, body) => call('changeRole', { parameters: { id }, body }),
      delete: drop('deleteRole'),
      assign: (id, principal) => call('assignRole', { parameters: { id }, body: { principal } }),
      unassign: (id, principal) => call('unassignRole', { parameters: { id, principal } }),
    },
    groups: {
      list: list('listGroups'),
      create: make('createGroup'),
      change: (id, body) => call('changeGroup', { parameters: { id }, body }),
      delete: drop('deleteGroup'),
      assign: (id, principal) => call('assignGroup', { parameters: { id }, body: { principal } }),
      unassign: (id, principal) => call('unassignGroup', { parameters: { id, principal } }),
      place: (id, machine) => call('placeMachine', { parameters: { id }, body: { machine } }),
      unplace: (id, machine) => call('unplaceMachine', { parameters: { id, machine } }),
    },
    enrolmentTokens: {
      list: list('listEnrolmentTokens'),
      create: make('createEnrolmentToken'),
      revoke: drop('revokeEnrolmentToken'),
    },
    serverKeys: {
      list: list('listServerKeys'),
      rotate: () => call('rotateServerKey', { body: {} }),
      machines: (id) => all(collection(call, 'listMachinesOfServerKey', {}, { id })),
      revoke: drop('revokeServerKey'),
    },
    consoleLink: () => call('createConsoleLink', { body: {} }),
  };
}
