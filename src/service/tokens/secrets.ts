import { createHash, scrypt, timingSafeEqual } from 'node:crypto';

/** Bytes of a generated secret: 256 bits cannot be guessed, so that one SHA-256 is enough to keep it. */
const SECRET_BYTES = 32;

/** A secret as it is shown once. */
export function secretFrom(random: (length: number) => Uint8Array): string {
  return Buffer.from(random(SECRET_BYTES)).toString('base64url');
}

/** What the store keeps of a secret: its SHA-256, hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Compares in constant time; both sides are hashes, so their lengths tell nothing. */
export function secretMatches(secret: string, hash: string): boolean {
  const offered = Buffer.from(hashSecret(secret), 'hex');
  const kept = Buffer.from(hash, 'hex');
  return offered.length === kept.length && timingSafeEqual(offered, kept);
}

const PASSWORD_SALT_BYTES = 16;
const PASSWORD_KEY_BYTES = 32;

/** About 16 MB and 30 ms: passwords exist for the emulator's users only. */
function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, PASSWORD_KEY_BYTES, { N: 16_384, r: 8, p: 1 }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** What the store keeps of a user's password: `scrypt$SALT$KEY`, both base64url. */
export async function hashPassword(
  password: string,
  random: (length: number) => Uint8Array,
): Promise<string> {
  const salt = Buffer.from(random(PASSWORD_SALT_BYTES));
  const key = await derive(password, salt);
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False also for a hash of another form. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [scheme, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const kept = Buffer.from(key, 'base64url');
  const offered = await derive(password, Buffer.from(salt, 'base64url'));
  return kept.length === offered.length && timingSafeEqual(kept, offered);
}
