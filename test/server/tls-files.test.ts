import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { readTls } from '../../src/server/serve.ts';
import { atEnd } from '../kit/at-end.ts';

test('files that are no certificate and key are told with the options that name them', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-tls-'));
  atEnd(context, () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'garbage.pem');
  writeFileSync(file, 'garbage');
  await assert.rejects(
    readTls({ certificate: file, key: file }),
    /^Error: --tls-cert \(CORDON_TLS_CERT\) and --tls-key \(CORDON_TLS_KEY\) cannot be used: .*in PEM/,
  );
});
