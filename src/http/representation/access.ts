import type {
  WireApplication,
  WireEnrolmentToken,
  WireGroup,
  WirePinningMachine,
  WireRole,
  WireServerKey,
} from '../../contract/cordon.ts';
import { wireTime } from '../../contract/time.ts';
import type {
  Application,
  ApplicationKey,
  ApplicationSecret,
  EnrolmentToken,
  MachineGroup,
  PinningMachine,
  Role,
} from '../../domain/access-records.ts';
import type { ServerKeyState } from '../../service/server-keys.ts';

/** An application without anything secret: of secrets and keys only that they exist. */
export function wireApplication(
  application: Application,
  secrets: readonly ApplicationSecret[],
  keys: readonly ApplicationKey[],
): WireApplication {
  return {
    id: application.id,
    displayName: application.displayName,
    permissions: [...application.permissions],
    createdAt: wireTime(application.createdAt),
    revokedAt: application.revokedAt === null ? null : wireTime(application.revokedAt),
    secrets: secrets.map(({ id, createdAt, expiresAt }) => ({
      id,
      createdAt: wireTime(createdAt),
      expiresAt: expiresAt === null ? null : wireTime(expiresAt),
    })),
    keys: keys.map(({ id, createdAt }) => ({ id, createdAt: wireTime(createdAt) })),
  };
}

export function wireRole(role: Role): WireRole {
  return {
    id: role.id,
    name: role.name,
    permissions: [...role.permissions],
    principals: [...role.principals],
    createdAt: wireTime(role.createdAt),
  };
}

export function wireGroup(group: MachineGroup): WireGroup {
  return {
    id: group.id,
    name: group.name,
    rank: group.rank,
    rules: group.rules.map(({ property, operator, values }) => ({ property, operator, values: [...values] })),
    principals: [...group.principals],
    createdAt: wireTime(group.createdAt),
  };
}

export function wireEnrolmentToken(token: EnrolmentToken): WireEnrolmentToken {
  return {
    id: token.id,
    groupId: token.groupId,
    machineId: token.machineId,
    usesLeft: token.usesLeft,
    expiresAt: wireTime(token.expiresAt),
    createdAt: wireTime(token.createdAt),
    createdBy: token.createdBy,
    revokedAt: token.revokedAt === null ? null : wireTime(token.revokedAt),
  };
}

export function wireServerKey(key: ServerKeyState): WireServerKey {
  return {
    id: key.id,
    publicKey: key.publicKey,
    createdAt: wireTime(key.createdAt),
    retiredAt: key.retiredAt === null ? null : wireTime(key.retiredAt),
    newest: key.newest,
    machines: key.machines,
  };
}

export function wirePinningMachine({ id, computerDnsName, lastSeen }: PinningMachine): WirePinningMachine {
  return { id, computerDnsName, lastSeen: wireTime(lastSeen) };
}
