import type { FastifyInstance } from 'fastify';
import { type Asset, assetOf, sendAsset } from './asset.ts';
import { referenceRoutes } from './reference-page.ts';

export interface DescriptionOptions {
  readonly publicUrl: () => string;
  /** Tenant in the address of the token endpoint; null leaves a placeholder. */
  readonly tenant: string | null;
}

/**
 * `/openapi.json`, and the page that shows it. Neither needs a token: both tell of the wire, which is public knowledge,
 * and of the installation its public address alone.
 */
export function descriptionRoutes(app: FastifyInstance, { publicUrl, tenant }: DescriptionOptions): void {
  // Made when it is first asked for: the public address may only be known once the server listens.
  let description: Promise<Asset> | null = null;
  app.get('/openapi.json', async (request, reply) => {
    description ??= describe(publicUrl(), tenant);
    return sendAsset(request, reply, await description, 'public, max-age=300');
  });
  referenceRoutes(app);
}

async function describe(url: string, tenant: string | null): Promise<Asset> {
  // No start waits for what few calls need.
  const { describeApi } = await import('../../contract/openapi/document.ts');
  return assetOf('application/json; charset=utf-8', JSON.stringify(describeApi({ url, tenant })));
}
