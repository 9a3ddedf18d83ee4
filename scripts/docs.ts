/** `npm run docs`: writes the tables of the documents that are made of tables in code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TABLES, withTables } from './docs/tables.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

for (const file of new Set(Object.values(TABLES).map((table) => table.file))) {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = withTables(file, before);
  if (after === before) continue;
  writeFileSync(path, after);
  console.log(`${file} is written anew`);
}
