/** The tables in `docs/` that are made of tables in code. `npm run docs` writes them, `test/docs.test.ts` compares. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costRows, SCALING_HEADS, scalingRows } from '../../bench/scaling/rows.ts';
import { CLOSURES, type Closure, REACH } from '../../src/agent/drivers/fapolicyd/reach.ts';
import { SYSCTLS } from '../../src/agent/drivers/fapolicyd/sysctls.ts';
import { INSTALL_STEPS } from '../../src/agent/install/steps.ts';
import { HARDENING, LEFT_OUT } from '../../src/agent/install/unit-settings.ts';
import { ERROR_CODES } from '../../src/contract/errors.ts';
import { OPERATIONS, type Operation } from '../../src/contract/operations.ts';
import { TOKEN_REFUSALS } from '../../src/contract/token.ts';
import { BEHAVIOURS } from '../../src/emulator/behaviour.ts';
import { REASONS, ROOMS, type Room, RULES } from '../../test/architecture/rules.ts';
import { FAULTS } from '../../test/kit/faults/table.ts';
import { CONFIGURATION_TABLES } from './configuration.ts';
import { METRIC_TABLES } from './metrics.ts';

interface Table {
  readonly file: string;
  readonly heads: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

const DECISIONS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'docs/decisions/[0-9]*.md');

const operations = (base: Operation['base']) =>
  Object.values<Operation>(OPERATIONS).filter((operation) => operation.base === base);

const operationHeads = [
  'call',
  'operation',
  'application (any one of)',
  'user (any one of)',
  'role permission',
  'limit',
  'answer',
];

/** By name; each stands in its file between `<!-- table: NAME -->` and `<!-- end -->`. */
export const TABLES: Readonly<Record<string, Table>> = {
  errors: {
    file: 'docs/errors.md',
    heads: ['code', 'status', 'meaning'],
    rows: () =>
      Object.entries<{ status: number; meaning: string; wire?: string }>(ERROR_CODES).map(([code, entry]) => [
        entry.wire === undefined ? `\`${code}\`` : `\`${entry.wire}\` (\`${code}\` in the log)`,
        String(entry.status),
        entry.meaning,
      ]),
  },
  faults: {
    file: 'docs/faults.md',
    heads: ['fault', 'store', 'what happens'],
    rows: () => FAULTS.map(({ name, engines, summary }) => [`\`${name}\``, engines.join(', '), summary]),
  },
  scaling: { file: 'docs/scaling.md', heads: SCALING_HEADS, rows: scalingRows },
  'scaling-costs': { file: 'docs/scaling.md', heads: ['cost', 'value', 'which is'], rows: costRows },
  'token-errors': {
    file: 'docs/errors.md',
    heads: ['error', 'number', 'status', 'text'],
    rows: () =>
      Object.values(TOKEN_REFUSALS).map(({ error, number, status, text }) => [
        `\`${error}\``,
        `AADSTS${number}`,
        String(status),
        text.replaceAll('{subject}', '…'),
      ]),
  },
  'vendor-operations': {
    file: 'docs/operations.md',
    heads: operationHeads,
    rows: () => operations('vendor').map(operationRow),
  },
  'cordon-operations': {
    file: 'docs/operations.md',
    heads: operationHeads,
    rows: () => operations('cordon').map(operationRow),
  },
  behaviours: {
    file: 'docs/operating.md',
    heads: ['behaviour', 'what the machine does'],
    rows: () => Object.entries(BEHAVIOURS).map(([name, { summary }]) => [`\`${name}\``, summary]),
  },
  escapes: {
    file: 'docs/enforcement.md',
    heads: ['tried', 'closed by, each by itself', 'refused by'],
    rows: () => Object.entries<readonly Closure[]>(REACH).map(escapeRow),
  },
  sysctls: {
    file: 'docs/enforcement.md',
    heads: ['setting', 'while restricted', 'Linux', 'left alone with', 'what it does'],
    rows: () =>
      SYSCTLS.map(({ name, wanted, since, flag, says }) => [
        `\`${name}\``,
        wanted,
        `${since.join('.')} and later`,
        `\`${flag}\``,
        says,
      ]),
  },
  'install-steps': {
    file: 'docs/operating.md',
    heads: ['step', 'install', 'uninstall'],
    rows: () => INSTALL_STEPS.map(({ name, does, undoneBy }) => [name, does, undoneBy]),
  },
  'unit-settings': {
    file: 'docs/operating.md',
    heads: ['setting', 'because'],
    rows: () => [
      ...HARDENING.map(({ name, value, because }) => [`\`${name}=${value}\``, because]),
      ...LEFT_OUT.map(({ name, because }) => [`no \`${name}\``, because]),
    ],
  },
  imports: {
    file: 'docs/architecture.md',
    heads: ['room', 'holds', 'may import', 'packages and modules of Node'],
    rows: () => ROOMS.map(importRow),
  },
  'forbidden-imports': {
    file: 'docs/architecture.md',
    heads: ['from', 'may not import', 'because'],
    rows: () =>
      REASONS.map(({ from, to, because }) => [
        codes(from),
        to.length === ROOMS.length ? 'any room' : codes(to),
        because,
      ]),
  },
  decisions: {
    file: 'docs/decisions/README.md',
    heads: ['decision', 'date'],
    rows: () => globSync(DECISIONS).sort().map(decisionRow),
  },
  ...CONFIGURATION_TABLES,
  ...METRIC_TABLES,
};

/** The table as Markdown, without the lines that mark its place. */
export function markdownOf({ heads, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows().map(line)].join('\n');
}

/** The text with every table of the file replaced by what the code says now. */
export function withTables(file: string, text: string): string {
  return text.replace(
    /(<!-- table: ([\w-]+) -->\n)[\s\S]*?(\n<!-- end -->)/g,
    (whole, start: string, name: string, end: string) => {
      const table = TABLES[name];
      return table === undefined || table.file !== file ? whole : `${start}${markdownOf(table)}${end}`;
    },
  );
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function decisionRow(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const title = /^# (.*)$/m.exec(text)?.[1] ?? basename(path);
  return [`[${title}](${basename(path)})`, /^Date: *(\S+)$/m.exec(text)?.[1] ?? ''];
}

function operationRow({ base, method, path, id, requirement, limit, success }: Operation): string[] {
  const address = `${base === 'vendor' ? '/api' : '/cordon/v1'}${path.replace(/:(\w+)/g, '{$1}')}`;
  return [
    `\`${method} ${address}\``,
    id,
    codes(requirement.application),
    codes(requirement.delegated),
    requirement.role ?? '',
    limit === null ? '' : `${limit.perMinute}/min, ${limit.perHour}/h`,
    String(success),
  ];
}

function importRow(room: Room): string[] {
  const rule = RULES[room];
  const rooms = [
    codes(rule.rooms),
    ...rule.types.map(({ file }) => `types of \`${file.replace('src/', '')}\``),
  ];
  const node = { all: 'all of Node', none: '' }[String(rule.node)] ?? codes(rule.node as readonly string[]);
  const outside = [codes(rule.packages.map((name) => (name.endsWith('/') ? `${name}*` : name))), node];
  const listed = (parts: readonly string[]) => parts.filter((part) => part !== '').join('; ') || 'nothing';
  return [`\`${room}\``, rule.holds, listed(rooms), listed(outside)];
}

function escapeRow([name, closing]: readonly [string, readonly Closure[]]): string[] {
  if (name.startsWith('trusted')) return [name, 'nothing: it must run', ''];
  if (closing.length === 0) return [name, 'nothing: out of reach', ''];
  const barriers = [...new Set(closing.map((one) => CLOSURES[one].barrier))];
  return [name, closing.map((one) => CLOSURES[one].says).join('; '), barriers.join('; ')];
}
