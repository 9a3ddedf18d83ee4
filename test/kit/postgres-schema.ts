import { Client } from 'pg';

/** By address. A connection of PostgreSQL takes 70 ms of processor time on a small virtual machine, and each test wants a schema. */
const makers = new Map<string, Promise<Client>>();

/** Makes an empty schema and gives the address with it. @param address of a database, without parameters */
export async function withSchema(address: string, schema: string): Promise<string> {
  const making = makers.get(address) ?? connected(address);
  makers.set(address, making);
  await (await making).query(`create schema if not exists ${schema}`);
  return `${address}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
}

async function connected(address: string): Promise<Client> {
  // Its types leave out what lets a process end.
  const client = new Client({ connectionString: address }) as Client & { unref(): void };
  // Servers are stopped and connections cut in tests.
  client.on('error', () => makers.delete(address));
  client.on('end', () => makers.delete(address));
  await client.connect().catch((error) => {
    makers.delete(address);
    throw error;
  });
  client.unref();
  return client;
}
