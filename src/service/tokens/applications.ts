import { APPLICATION_PERMISSIONS, type ApplicationPermission } from '../../contract/permissions.ts';
import { instantFrom } from '../../contract/time.ts';
import type { Application, ApplicationKey, ApplicationSecret } from '../../domain/access-records.ts';
import { CordonError } from '../../domain/error.ts';
import type { AccessStore } from '../../store/port.ts';
import type { Clock } from '../clock.ts';
import { readApplicationKey } from './application-key.ts';
import { hashSecret, secretFrom } from './secrets.ts';

/** An application with what proves it; hashes stay inside the server. */
export interface ApplicationDetails {
  readonly application: Application;
  readonly secrets: readonly ApplicationSecret[];
  readonly keys: readonly ApplicationKey[];
}

/** A new secret with its text, which nobody can read again. */
export interface CreatedSecret {
  readonly secret: ApplicationSecret;
  readonly text: string;
}

export interface NewApplication {
  readonly tenantId: string;
  readonly displayName: string;
  readonly permissions: readonly string[];
  /** Days until the secret expires; null for never. */
  readonly secretDays: number | null;
  /** Client id and secret that are given and not made: the emulator's well-known ones. */
  readonly given?: { readonly id: string; readonly secret: string };
}

/** Manages the applications of the embedded issuer. A reference is a client id or a display name in any letter case. */
export interface Applications {
  list(tenantId: string): Promise<readonly ApplicationDetails[]>;
  /** @throws CordonError `ResourceNotFound` */
  find(tenantId: string, reference: string): Promise<ApplicationDetails>;
  /** @throws CordonError `InvalidInput` for an unknown permission or a name that is taken */
  create(application: NewApplication): Promise<ApplicationDetails & CreatedSecret>;
  /** @throws CordonError `ResourceNotFound`, `InvalidInput` for an unknown permission */
  setPermissions(
    tenantId: string,
    reference: string,
    permissions: readonly string[],
  ): Promise<ApplicationDetails>;
  /** Ends the application and, at once, its tokens. @throws CordonError `ResourceNotFound` */
  revoke(tenantId: string, reference: string): Promise<void>;
  /** @throws CordonError `ResourceNotFound`, `InvalidInput` when there are too many */
  addSecret(tenantId: string, reference: string, secretDays: number | null): Promise<CreatedSecret>;
  /** @throws CordonError `ResourceNotFound` */
  removeSecret(tenantId: string, reference: string, secretId: string): Promise<void>;
  /**
   * Adds a PEM certificate, a PEM public key or a public JWK, with which the application signs assertions.
   * @throws CordonError `ResourceNotFound`, `InvalidInput` for a text that is none of them or a key that is there
   */
  addKey(tenantId: string, reference: string, text: string): Promise<ApplicationKey>;
  /** @throws CordonError `ResourceNotFound` */
  removeKey(tenantId: string, reference: string, keyId: string): Promise<void>;
}

type ApplicationStore = Pick<
  AccessStore,
  | 'application'
  | 'applications'
  | 'createApplication'
  | 'setApplicationPermissions'
  | 'revokeApplication'
  | 'applicationSecrets'
  | 'addApplicationSecret'
  | 'removeApplicationSecret'
  | 'applicationKeys'
  | 'addApplicationKey'
  | 'removeApplicationKey'
>;

export interface ApplicationsDependencies {
  readonly store: ApplicationStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Random bytes fit for secrets. */
  readonly bytes: (length: number) => Uint8Array;
  /** Called after a change, so that it holds at once: `Verifier.applicationChanged`. */
  readonly changed: (tenantId: string, id: string) => void;
}

/** Every proof costs a comparison at each token request. */
const PROOFS_MAXIMUM = 20;
const NAME_MAXIMUM = 120;
const DAY = 86_400_000;

const KNOWN: ReadonlySet<string> = new Set(APPLICATION_PERMISSIONS);

function checkedPermissions(names: readonly string[]): readonly ApplicationPermission[] {
  const unknown = names.find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    throw new CordonError(
      'InvalidInput',
      `Invalid input permissions. There is no application permission ${unknown}.`,
    );
  return [...new Set(names)] as ApplicationPermission[];
}

function checkedName(name: string): string {
  if (name.trim() === '' || name.length > NAME_MAXIMUM || /\p{Cc}/u.test(name)) {
    throw new CordonError(
      'InvalidInput',
      `Invalid input displayName. It must have 1 to ${NAME_MAXIMUM} printable characters.`,
    );
  }
  return name;
}

function missing(kind: string, reference: string): CordonError {
  return new CordonError('ResourceNotFound', `${kind} ${reference} was not found`);
}

export function createApplications(dependencies: ApplicationsDependencies): Applications {
  const { store, clock, newId, bytes, changed } = dependencies;

  function newSecret(
    tenantId: string,
    applicationId: string,
    text: string,
    days: number | null,
  ): ApplicationSecret {
    const expiresAt = days === null ? null : instantFrom(clock.milliseconds() + days * DAY);
    return {
      tenantId,
      applicationId,
      id: newId(),
      hash: hashSecret(text),
      expiresAt,
      createdAt: clock.now(),
    };
  }

  async function detailed(application: Application): Promise<ApplicationDetails> {
    const { tenantId, id } = application;
    const [secrets, keys] = await Promise.all([
      store.applicationSecrets(tenantId, id),
      store.applicationKeys(tenantId, id),
    ]);
    return { application, secrets, keys };
  }

  async function find(tenantId: string, reference: string): Promise<ApplicationDetails> {
    const wanted = reference.toLowerCase();
    const known =
      (await store.application(wanted, tenantId)) ??
      (await store.applications(tenantId)).find((row) => row.displayName.toLowerCase() === wanted);
    if (known === undefined) throw missing('Application', reference);
    return detailed(known);
  }

  async function findForProof(tenantId: string, reference: string): Promise<ApplicationDetails> {
    const found = await find(tenantId, reference);
    if (found.secrets.length + found.keys.length < PROOFS_MAXIMUM) return found;
    throw new CordonError(
      'InvalidInput',
      `An application has at most ${PROOFS_MAXIMUM} secrets and keys; remove one first.`,
    );
  }

  return {
    find,
    async list(tenantId) {
      return Promise.all((await store.applications(tenantId)).map(detailed));
    },
    async create({ tenantId, displayName, permissions, secretDays, given }) {
      const application: Application = {
        tenantId,
        id: given?.id ?? newId(),
        displayName: checkedName(displayName),
        permissions: checkedPermissions(permissions),
        createdAt: clock.now(),
        revokedAt: null,
      };
      const text = given?.secret ?? secretFrom(bytes);
      const secret = newSecret(tenantId, application.id, text, secretDays);
      if (!(await store.createApplication(application, secret))) {
        throw new CordonError(
          'InvalidInput',
          `Invalid input displayName. An application named ${displayName} exists.`,
        );
      }
      changed(tenantId, application.id);
      return { application, secrets: [secret], keys: [], secret, text };
    },
    async setPermissions(tenantId, reference, permissions) {
      const { application } = await find(tenantId, reference);
      await store.setApplicationPermissions(tenantId, application.id, checkedPermissions(permissions));
      changed(tenantId, application.id);
      return find(tenantId, application.id);
    },
    async revoke(tenantId, reference) {
      const { application } = await find(tenantId, reference);
      await store.revokeApplication(tenantId, application.id, clock.now());
      changed(tenantId, application.id);
    },
    async addSecret(tenantId, reference, secretDays) {
      const { application } = await findForProof(tenantId, reference);
      const text = secretFrom(bytes);
      const secret = newSecret(tenantId, application.id, text, secretDays);
      await store.addApplicationSecret(secret);
      return { secret, text };
    },
    async removeSecret(tenantId, reference, secretId) {
      const { application } = await find(tenantId, reference);
      const gone = await store.removeApplicationSecret(tenantId, application.id, secretId);
      if (!gone) throw missing('Secret', secretId);
    },
    async addKey(tenantId, reference, text) {
      const { application } = await findForProof(tenantId, reference);
      const { id, jwk } = await readApplicationKey(text);
      const key: ApplicationKey = {
        tenantId,
        applicationId: application.id,
        id,
        jwk: JSON.stringify(jwk),
        createdAt: clock.now(),
      };
      if (!(await store.addApplicationKey(key)))
        throw new CordonError('InvalidInput', `Invalid input key. The application has the key ${id}.`);
      return key;
    },
    async removeKey(tenantId, reference, keyId) {
      const { application } = await find(tenantId, reference);
      const gone = await store.removeApplicationKey(tenantId, application.id, keyId.toLowerCase());
      if (!gone) throw missing('Key', keyId);
    },
  };
}
