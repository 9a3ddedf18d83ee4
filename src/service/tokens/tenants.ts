import type { Tenant } from '../../domain/access-records.ts';
import type { AccessStore } from '../../store/port.ts';

/** The tenant of an id or a name, in any letter case; the id counts first. */
export async function findTenant(
  store: Pick<AccessStore, 'tenants'>,
  reference: string,
): Promise<Tenant | null> {
  const wanted = reference.toLowerCase();
  const tenants = await store.tenants();
  return (
    tenants.find((tenant) => tenant.id.toLowerCase() === wanted) ??
    tenants.find((tenant) => tenant.name.toLowerCase() === wanted) ??
    null
  );
}
