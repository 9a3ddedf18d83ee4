import { readFile } from 'node:fs/promises';
import type { LoadMemorySource } from '../contract/load.ts';

const PATIENCE = 10_000;

/**
 * Bytes of resident memory of the server, as the kernel or the server's own metrics say.
 * @throws Error that names the place that does not tell
 */
export function residentBytes(source: LoadMemorySource): Promise<number> {
  return source.kind === 'process' ? ofProcess(source.pid) : ofMetrics(source.url, source.token);
}

async function ofProcess(pid: number): Promise<number> {
  const path = `/proc/${pid}/status`;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`The memory of process ${pid} cannot be read from ${path}.`, { cause });
  });
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  if (kilobytes === undefined) throw new Error(`${path} says nothing of resident memory.`);
  return Number(kilobytes) * 1024;
}

async function ofMetrics(url: string, token: string | null): Promise<number> {
  const response = await fetch(url, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw new Error(`No metrics are served at ${url}.`, { cause });
  });
  const text = await response.text();
  const bytes = /^(?:\w*_)?process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1];
  if (!response.ok || bytes === undefined)
    throw new Error(`${url} answered ${response.status}, and no resident memory.`);
  return Number(bytes);
}
