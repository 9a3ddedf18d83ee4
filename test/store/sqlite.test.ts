import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openMemoryStore, openSqliteStore } from '../../src/store/sqlite/index.ts';
import { storeConformance } from './conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-store-'));
after(() => rmSync(folder, { recursive: true }));

let number = 0;
storeConformance('file', () => openSqliteStore({ path: join(folder, `${number++}.db`), pid: process.pid }));
storeConformance('memory', openMemoryStore);
