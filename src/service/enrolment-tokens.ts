import type { EnrolmentToken } from '../domain/access-records.ts';
import type { DeviceStore, MachineStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import { type Call, requestorOf } from './call.ts';
import { type Clock, instantAfter } from './clock.ts';
import { hashOfEnrolmentToken } from './devices/enrolment.ts';
import type { Groups } from './groups.ts';

export interface EnrolmentTokensDependencies {
  readonly store: DeviceStore & MachineStore;
  readonly groups: Groups;
  readonly clock: Clock;
  readonly newId: () => string;
  /** 256 random bits as text. */
  readonly newToken: () => string;
}

/** What a token is for; see the operation's body for units and defaults. */
export interface EnrolmentTokenInput {
  readonly uses?: number;
  readonly minutes?: number;
  readonly group?: string;
  readonly machine?: string;
}

export type EnrolmentTokens = ReturnType<typeof createEnrolmentTokens>;

const MINUTES = 60;

/** Tokens that let devices enrol; the text is known only in the answer that creates it. */
export function createEnrolmentTokens({
  store,
  groups,
  clock,
  newId,
  newToken,
}: EnrolmentTokensDependencies) {
  return {
    /** @throws CordonError `ResourceNotFound` for an unknown group or machine */
    async create(call: Call, input: EnrolmentTokenInput): Promise<{ record: EnrolmentToken; token: string }> {
      const tenantId = call.caller.tenantId;
      const group = input.group === undefined ? null : await groups.find(tenantId, input.group);
      const machine =
        input.machine === undefined ? null : await store.machine(tenantId, input.machine, call.visible);
      if (input.machine !== undefined && machine === null) throw notFound('Machine', input.machine);
      const token = newToken();
      const record: EnrolmentToken = {
        tenantId,
        id: newId(),
        hash: hashOfEnrolmentToken(token),
        groupId: group?.id ?? null,
        machineId: machine?.id ?? null,
        usesLeft: input.uses ?? 1,
        expiresAt: instantAfter(clock.milliseconds(), (input.minutes ?? MINUTES) * 60_000),
        createdAt: clock.now(),
        createdBy: requestorOf(call.caller),
        revokedAt: null,
      };
      await store.createEnrolmentToken(record);
      return { record, token };
    },

    list: (tenantId: string) => store.enrolmentTokens(tenantId),

    /** @throws CordonError `ResourceNotFound` */
    async revoke(tenantId: string, id: string): Promise<void> {
      if (!(await store.revokeEnrolmentToken(tenantId, id.toLowerCase(), clock.now())))
        throw notFound('Enrolment token', id);
    },
  };
}
