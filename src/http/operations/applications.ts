import type { WireApplicationCreated } from '../../contract/cordon.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { wireTime } from '../../contract/time.ts';
import type { ApplicationDetails } from '../../service/tokens/applications.ts';
import { handler } from '../handler.ts';
import { wireApplication } from '../representation/access.ts';

const wired = ({ application, secrets, keys }: ApplicationDetails) =>
  wireApplication(application, secrets, keys);

export const listApplications = handler(OPERATIONS.listApplications, async ({ call, services }) => ({
  value: (await services.applications.list(call.caller.tenantId)).map(wired),
}));

export const createApplication = handler(OPERATIONS.createApplication, async ({ call, services, body }) => {
  const input = body as { displayName: string; permissions: string[]; secretDays?: number };
  const { tenantId } = call.caller;
  const created = await services.applications.create({
    ...input,
    tenantId,
    secretDays: input.secretDays ?? null,
  });
  return { ...wired(created), tenantId, secret: created.text } satisfies WireApplicationCreated;
});

export const changeApplication = handler(
  OPERATIONS.changeApplication,
  async ({ call, services, parameters, body }) => {
    const { permissions } = body as { permissions: string[] };
    return wired(
      await services.applications.setPermissions(call.caller.tenantId, parameters.id ?? '', permissions),
    );
  },
);

export const revokeApplication = handler(
  OPERATIONS.revokeApplication,
  async ({ call, services, parameters }) => {
    await services.applications.revoke(call.caller.tenantId, parameters.id ?? '');
    return null;
  },
);

export const createApplicationSecret = handler(
  OPERATIONS.createApplicationSecret,
  async ({ call, services, parameters, body }) => {
    const { secretDays } = body as { secretDays?: number };
    const { tenantId } = call.caller;
    const { secret, text } = await services.applications.addSecret(
      tenantId,
      parameters.id ?? '',
      secretDays ?? null,
    );
    return {
      id: secret.id,
      createdAt: wireTime(secret.createdAt),
      expiresAt: secret.expiresAt === null ? null : wireTime(secret.expiresAt),
      secret: text,
    };
  },
);

export const removeApplicationSecret = handler(
  OPERATIONS.removeApplicationSecret,
  async ({ call, services, parameters }) => {
    await services.applications.removeSecret(
      call.caller.tenantId,
      parameters.id ?? '',
      parameters.secretId ?? '',
    );
    return null;
  },
);

export const addApplicationKey = handler(
  OPERATIONS.addApplicationKey,
  async ({ call, services, parameters, body }) => {
    const { pem } = body as { pem: string };
    const key = await services.applications.addKey(call.caller.tenantId, parameters.id ?? '', pem);
    return { id: key.id, createdAt: wireTime(key.createdAt) };
  },
);

export const removeApplicationKey = handler(
  OPERATIONS.removeApplicationKey,
  async ({ call, services, parameters }) => {
    await services.applications.removeKey(call.caller.tenantId, parameters.id ?? '', parameters.keyId ?? '');
    return null;
  },
);
