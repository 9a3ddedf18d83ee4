import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate with its key, both PEM, and the file that clients are told to trust. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly path: string;
}

const DAYS = 825;

/**
 * A self-signed certificate for loopback names and the host of the public address, kept in the directory so that
 * clients trust it once. The key stands beside it with mode 0600.
 */
export async function selfSigned(
  directory: string,
  hosts: readonly string[],
  now: Date,
): Promise<Certificate> {
  const [certPath, keyPath] = [
    join(directory, 'emulator-certificate.pem'),
    join(directory, 'emulator-key.pem'),
  ];
  const present = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]).catch(
    () => null,
  );
  if (present !== null) return { cert: present[0], key: present[1], path: certPath };
  const names = [...new Set(['localhost', ...hosts])];
  const made = await generate([{ name: 'commonName', value: 'Cordon emulator' }], {
    keyType: 'ec',
    notBeforeDate: new Date(now.getTime() - 60_000),
    notAfterDate: new Date(now.getTime() + DAYS * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          { type: 7 as const, ip: '127.0.0.1' },
          { type: 7 as const, ip: '::1' },
        ],
      },
    ],
  });
  await writeFile(keyPath, made.private, { mode: 0o600 });
  await chmod(keyPath, 0o600);
  await writeFile(certPath, made.cert);
  return { cert: made.cert, key: made.private, path: certPath };
}
