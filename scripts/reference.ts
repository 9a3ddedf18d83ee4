/**
 * `npm run reference`: fetches the bundle of the reference page, checks it, and puts it compressed beside the code that
 * serves it. As a dependency it would bring 16 packages and 24 MB (the Fastify plugin), or its whole build (the bundle's
 * own package), into every installation; the one file that is needed has 1.2 MB.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const PACKAGE = '@scalar/api-reference@1.72.1';
const INTEGRITY =
  'sha512-XpEJ0rfc/cXbCrR+iC4kK0o/WwX2dTtGQbT049OlPKAHD6IMIFdTeGz2r+M27P2EDWKyUITRm/NzlP8z2pw/Ow==';
const TARGET = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'src/http/description/reference/scalar.js.gz',
);

const scratch = mkdtempSync(join(tmpdir(), 'cordon-reference-'));
try {
  const archive = run('npm', ['pack', '--silent', PACKAGE]).toString('utf8').trim().split('\n').at(-1)!;
  const bytes = readFileSync(join(scratch, archive));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} has another checksum: ${integrity}`);
  const bundle = run('tar', ['-xOzf', archive, 'package/dist/browser/standalone.js']);
  writeFileSync(TARGET, gzipSync(bundle, { level: 9 }));
  console.log(
    `${TARGET} is written anew; SHA-256 of its content: ${createHash('sha256').update(bundle).digest('hex')}`,
  );
} finally {
  rmSync(scratch, { recursive: true });
}

function run(command: string, words: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: scratch, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return stdout;
}
