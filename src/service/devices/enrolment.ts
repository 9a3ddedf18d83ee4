import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  DEVICE_PROTOCOL,
  type EnrolAnswer,
  type EnrolRequest,
  replacementText,
} from '../../contract/device.ts';
import type { Device, EnrolmentToken } from '../../domain/access-records.ts';
import type { Actor } from '../../domain/action.ts';
import { CordonError } from '../../domain/error.ts';
import { groupOf } from '../../domain/grouping.ts';
import type { Machine } from '../../domain/machine.ts';
import type { Store } from '../../store/port.ts';
import { type Clock, instantAfter } from '../clock.ts';
import type { Hints } from '../hints.ts';
import type { Log } from '../log.ts';
import { factsOf } from '../machines.ts';
import { transitionOf } from '../transition.ts';
import type { DeviceKey, DeviceKeys } from './device-keys.ts';
import { epochOf } from './epoch.ts';
import type { Nonces } from './nonces.ts';

export interface EnrolmentDependencies {
  readonly store: Store;
  readonly keys: DeviceKeys;
  /** The store's epoch. */
  readonly epoch: string;
  readonly nonces: Nonces;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
  /** 40 lower-case hexadecimal digits, by the facts where a simulated fleet wants the same ids at every start. */
  readonly newMachineId: (dnsName: string) => string;
  /** When a machine counts as first seen, in milliseconds before its enrolment: 0, or a past for a simulated fleet. */
  readonly enrolledMillisecondsAgo: number;
  /** Which drivers may enrol; an emulator takes simulated ones only. */
  readonly accepts: (driver: string) => boolean;
}

export type Enrolments = ReturnType<typeof createEnrolments>;

/** Taking devices in, and replacing their keys. */
export function createEnrolments(dependencies: EnrolmentDependencies) {
  const { store, keys, nonces, clock, log } = dependencies;

  const answer = (device: Pick<Device, 'machineId' | 'tenantId' | 'epoch'>, key: DeviceKey): EnrolAnswer => ({
    protocol: DEVICE_PROTOCOL,
    machineId: device.machineId,
    tenantId: device.tenantId,
    serverKey: key.publicKey,
    epoch: epochOf(dependencies.epoch, device),
    nonce: nonces.issue(device.machineId),
  });

  /** The first answer may have come after all: the device is told the same key again while that serves. */
  const answerAgain = async (device: Device): Promise<EnrolAnswer> => {
    const newest = await keys.newestNow();
    const noted = keys.named(device.serverKeyId);
    if (noted === null) await store.pinServerKey(device.machineId, device.serverKeyId, newest.id);
    return answer(device, noted ?? newest);
  };

  /** @throws CordonError `Unauthorized`, `DisallowedOperation`, `BadRequest` */
  const enrol = async (request: EnrolRequest, externalAddress: string | null): Promise<EnrolAnswer> => {
    if (request.protocol !== DEVICE_PROTOCOL) {
      throw new CordonError(
        'BadRequest',
        `Protocol ${request.protocol} is not understood; this server speaks ${DEVICE_PROTOCOL}.`,
      );
    }
    const refused = request.facts.drivers.find(({ driver }) => !dependencies.accepts(driver));
    if (refused !== undefined) {
      throw new CordonError(
        'DisallowedOperation',
        `This server does not take machines with the driver ${refused.driver}.`,
      );
    }
    if (request.replaces !== undefined) return replaceBySignature(request, request.replaces);
    const token = await tokenNamed(request.token);
    const known = await store.deviceByKey(token.tenantId, request.publicKey);
    // The answer to the first attempt was lost: whoever has the token and the key gets it again.
    if (known !== null) return answerAgain(known);
    if (token.usesLeft < 1) throw tokenRefused();
    if (token.machineId !== null) return replaceByToken(request, token, token.machineId);
    const at = clock.now();
    const facts = factsOf(request.facts);
    const key = await keys.newestNow();
    const twin = await store.machineByFingerprint(token.tenantId, request.facts.hardwareFingerprint);
    const machine: Machine = {
      ...facts,
      tenantId: token.tenantId,
      id: dependencies.newMachineId(facts.computerDnsName),
      mergedIntoMachineId: null,
      isPotentialDuplication: twin !== null,
      isExcluded: false,
      exclusionReason: null,
      firstSeen: instantAfter(clock.milliseconds(), -dependencies.enrolledMillisecondsAgo),
      lastSeen: at,
      lastExternalIpAddress: externalAddress,
      healthStatus: 'Active',
      onboardingStatus: 'Onboarded',
      deviceValue: 'Normal',
      riskScore: 'None',
      exposureLevel: 'None',
      groupId: token.groupId ?? groupOf({ ...facts, tags: [] }, await store.groups(token.tenantId)),
      groupName: null,
      groupPinned: token.groupId !== null,
      managedBy: 'Unknown',
      managedByStatus: 'Unknown',
      tags: [],
    };
    const device = {
      tenantId: token.tenantId,
      machineId: machine.id,
      publicKey: request.publicKey,
      enrolledAt: at,
      lastSequence: 0,
      epoch: '',
      serverKeyId: key.id,
    };
    if (!(await store.enrol({ tokenId: token.id, machine, device, at }))) throw tokenRefused();
    log.info(
      { machine: machine.id, name: machine.computerDnsName, enrolmentToken: token.id },
      'machine enrolled',
    );
    return answer(device, key);
  };

  /** Whatever its state: a token that was used up by this very device still names it. */
  const tokenNamed = async (text: string): Promise<EnrolmentToken> => {
    const token = await store.enrolmentTokenByHash(hashOfEnrolmentToken(text));
    if (token === null || token.revokedAt !== null || token.expiresAt <= clock.now()) throw tokenRefused();
    return token;
  };

  const replaceBySignature = async (
    request: EnrolRequest,
    replaces: NonNullable<EnrolRequest['replaces']>,
  ) => {
    const device = await store.device(replaces.machineId);
    // The answer to the first attempt was lost, and the old key that signed is not kept. Nothing changes, and what the
    // answer holds is of no use without the private half of the key that the machine has by now.
    if (device !== null && device.publicKey === request.publicKey) return answerAgain(device);
    const text = Buffer.from(replacementText(replaces.machineId, request.publicKey));
    const signature = Buffer.from(replaces.signature, 'base64url');
    if (device === null || !verify(null, text, publicKeyOf(device.publicKey), signature)) {
      throw new CordonError(
        'Unauthorized',
        'The replacement is not signed by the key that this machine enrolled.',
      );
    }
    return replace(request, device, null);
  };

  const replaceByToken = async (request: EnrolRequest, token: EnrolmentToken, machineId: string) => {
    const device = await store.device(machineId);
    if (device === null || device.tenantId !== token.tenantId) throw tokenRefused();
    return replace(request, device, token.id);
  };

  /** The desired mode is kept; what was under way ends, since the device that had accepted it is gone. */
  const replace = async (request: EnrolRequest, device: Device, tokenId: string | null) => {
    const { tenantId, machineId, publicKey: oldKey } = device;
    const key = await keys.newestNow();
    const newKey = request.publicKey;
    const change = { tokenId, tenantId, machineId, oldKey, newKey, serverKeyId: key.id, at: clock.now() };
    if (!(await store.replaceKey(change))) throw tokenRefused();
    await endOpenActions(tenantId, machineId);
    await store.updateFacts(tenantId, machineId, factsOf(request.facts));
    log.info({ machine: machineId, enrolmentToken: tokenId }, 'machine replaced its key');
    return answer(device, key);
  };

  const endOpenActions = async (tenantId: string, machineId: string): Promise<void> => {
    const actor: Actor = { kind: 'server', id: 'enrolment', name: 'enrolment' };
    for (const { control } of await store.controls(tenantId, machineId)) {
      for (;;) {
        const action = await store.activeAction(tenantId, machineId, control);
        if (action === null) break;
        const how = { at: clock.now(), actor, cause: 'reenrolled', deadline: null, movesDesired: false };
        const transition = transitionOf(action, 'fail', how);
        if (transition !== null && (await store.advanceAction(transition)))
          dependencies.hints.wake(machineId);
      }
    }
  };

  return { enrol };
}

/** Enrolment tokens are 256 random bits, so that a plain SHA-256 keeps them. */
export function hashOfEnrolmentToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function tokenRefused(): CordonError {
  return new CordonError(
    'Unauthorized',
    'The enrolment token is unknown, used up, expired or revoked; create one with: cordon enrolment-token create',
  );
}

function publicKeyOf(key: string) {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
}
