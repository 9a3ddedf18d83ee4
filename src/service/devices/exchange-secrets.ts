import { CordonError } from '../../domain/error.ts';
import type { KeyStore } from '../../store/port.ts';
import type { Clock } from '../clock.ts';

/** What all processes of an installation share of the exchange, besides the keys. */
export interface ExchangeSecrets {
  /** The store's epoch: generations count within it. */
  readonly epoch: string;
  readonly nonceSecret: Buffer;
}

/** Reads them, making them at the first start. Concurrent starts agree, because the store keeps the first. */
export async function openExchangeSecrets(options: {
  readonly store: Pick<KeyStore, 'serverKeys' | 'addServerKey' | 'beginEpoch'>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** `size` random bytes. */
  readonly random: (size: number) => Buffer;
}): Promise<ExchangeSecrets> {
  const { store, clock, newId, random } = options;
  const find = async (keys: ReturnType<KeyStore['serverKeys']>) =>
    (await keys).find(({ purpose, retiredAt }) => purpose === 'nonce' && retiredAt === null);
  const made = () =>
    store.addServerKey({
      id: newId(),
      purpose: 'nonce',
      material: JSON.stringify({ secret: random(32).toString('base64url') }),
      createdAt: clock.now(),
      activeFrom: '1970-01-01T00:00:00.0000000Z',
      retiredAt: null,
    });
  const key = (await find(store.serverKeys())) ?? (await find(made()));
  if (key === undefined) throw new CordonError('InternalServerError', 'The store kept no nonce key.');
  const { secret } = JSON.parse(key.material) as { secret: string };
  return {
    epoch: await store.beginEpoch(newId()),
    nonceSecret: Buffer.from(secret, 'base64url'),
  };
}
