import type { ApplicationPermission, RolePermission } from '../contract/permissions.ts';
import type { Instant } from '../contract/time.ts';

/** A customer whose data is apart from all others; every row belongs to one. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

/** A client of the embedded issuer. */
export interface Application {
  readonly tenantId: string;
  /** The `client_id`, a GUID. */
  readonly id: string;
  readonly displayName: string;
  readonly permissions: readonly ApplicationPermission[];
  readonly createdAt: Instant;
  /** Tokens of a revoked application are refused at once. */
  readonly revokedAt: Instant | null;
}

/** One secret of an application; only its SHA-256 is kept, which suffices for 256 random bits. */
export interface ApplicationSecret {
  readonly tenantId: string;
  readonly applicationId: string;
  readonly id: string;
  readonly hash: string;
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
}

/** A public key with which an application signs client assertions (`private_key_jwt`). */
export interface ApplicationKey {
  readonly tenantId: string;
  readonly applicationId: string;
  /** SHA-1 or SHA-256 thumbprint of the certificate or the JWK's own `kid`; clients name any of them. */
  readonly id: string;
  readonly jwk: string;
  readonly createdAt: Instant;
}

/** A user of the embedded issuer; exists in emulator stores only. */
export interface EmulatorUser {
  readonly tenantId: string;
  readonly principal: string;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** A role grants permissions to the principals it is assigned to. */
export interface Role {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly RolePermission[];
  /** User principal names, object ids or group ids of the identity provider, in lower case. */
  readonly principals: readonly string[];
  readonly createdAt: Instant;
}

/** One condition of a device group; values of one property are alternatives, properties must all match. */
export interface GroupRule {
  readonly property: 'name' | 'domain' | 'tag' | 'osPlatform';
  readonly operator: 'equals' | 'startsWith' | 'endsWith' | 'contains';
  /** One to ten values, compared in lower case. */
  readonly values: readonly string[];
}

/** A device group. A machine belongs to the matching group of the highest rank (1 is highest), or to none (0). */
export interface MachineGroup {
  readonly tenantId: string;
  /** Positive; the wire's `rbacGroupId`. */
  readonly id: number;
  readonly name: string;
  readonly rank: number;
  readonly rules: readonly GroupRule[];
  /** Who may see its machines; empty means every user that has a role. */
  readonly principals: readonly string[];
  readonly createdAt: Instant;
}

/** What becomes of a role; null leaves it as it is. */
export interface RoleChange {
  readonly name: string | null;
  readonly permissions: Role['permissions'] | null;
}

/** What becomes of a device group; null leaves it as it is. */
export interface GroupChange {
  readonly name: string | null;
  readonly rank: number | null;
  readonly rules: readonly GroupRule[] | null;
}

/** Lets a device enrol; stored as a hash. */
export interface EnrolmentToken {
  readonly tenantId: string;
  readonly id: string;
  readonly hash: string;
  /** Group that the machines join; null leaves it to the rules. */
  readonly groupId: number | null;
  /** When the token replaces the key of one enrolled machine. */
  readonly machineId: string | null;
  readonly usesLeft: number;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly revokedAt: Instant | null;
}

/** The key and the bookkeeping of an enrolled device. */
export interface Device {
  readonly tenantId: string;
  readonly machineId: string;
  readonly publicKey: string;
  readonly enrolledAt: Instant;
  /** Highest report sequence stored; reports up to it are repetitions. */
  readonly lastSequence: number;
  /** Distinguishes the device's epoch from the installation's; empty until the device was found ahead of the store. */
  readonly epoch: string;
  /** The key of the server that it has pinned, as it last said or, before it says so, as its enrolment told it. */
  readonly serverKeyId: string;
}

/** A machine whose device has pinned a certain key of the server. */
export interface PinningMachine {
  readonly id: string;
  readonly computerDnsName: string;
  readonly lastSeen: Instant;
}

/** A key of the server: signs access tokens, signs answers to devices, or makes nonces. */
export interface ServerKey {
  readonly id: string;
  readonly purpose: 'token' | 'device' | 'nonce';
  /** Private JWK, or the base64url secret of a nonce key, as JSON text. */
  readonly material: string;
  readonly createdAt: Instant;
  /**
   * Token keys: from when on it signs; verifiers know it before that, so that rotation refuses nobody. Device keys: its
   * place in the order, the newest of which devices move to, whatever the clock says.
   */
  readonly activeFrom: Instant;
  readonly retiredAt: Instant | null;
}
