/** The tables in `docs/` that are made of tables in code. `npm run docs` writes them, `test/docs.test.ts` compares. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costRows, SCALING_HEADS, scalingRows } from '../../bench/scaling/rows.ts';
import { CLOSURES, type Closure, REACH } from '../../src/agent/drivers/fapolicyd/reach.ts';
import { SYSCTLS } from '../../src/agent/drivers/fapolicyd/sysctls.ts';
import { INSTALL_STEPS } from '../../src/agent/install/steps.ts';
import { HARDENING, LEFT_OUT } from '../../src/agent/install/unit-settings.ts';
import { FAULT_KINDS } from '../../src/contract/emulator/fault-kinds.ts';
import { TRIGGERS } from '../../src/contract/emulator/fault-rules.ts';
import { EMULATOR_OPERATIONS } from '../../src/contract/emulator/operations.ts';
import { ERROR_CODES } from '../../src/contract/errors.ts';
import { templateOf } from '../../src/contract/openapi/path.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { TOKEN_REFUSALS } from '../../src/contract/token.ts';
import { UNSUPPORTED_OPERATIONS } from '../../src/contract/vendor-unsupported.ts';
import { ATTEMPT_ERRORS, TEST_EVENT, TRANSITION_EVENTS } from '../../src/contract/webhook.ts';
import { BEHAVIOURS } from '../../src/emulator/behaviour.ts';
import { REASONS, ROOMS, type Room, RULES } from '../../test/architecture/rules.ts';
import { FAULTS } from '../../test/kit/faults/table.ts';
import { FURTHER_WAYS } from '../../test/kit/further-ways.ts';
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
  'webhook-events': {
    file: 'docs/webhooks.md',
    heads: ['type', 'sent when'],
    rows: () => [
      ...Object.entries(TRANSITION_EVENTS).map(([status, type]) => [
        `\`${type}\``,
        `the action became \`${status}\``,
      ]),
      [`\`${TEST_EVENT}\``, 'somebody asked for a test'],
    ],
  },
  'webhook-errors': {
    file: 'docs/webhooks.md',
    heads: ['error of an attempt', 'meaning'],
    rows: () => Object.entries(ATTEMPT_ERRORS).map(([name, meaning]) => [`\`${name}\``, meaning]),
  },
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
  'supported-api': {
    file: 'docs/supported-api.md',
    heads: ['call', 'what it does', 'how it differs from the vendor’s'],
    rows: () =>
      operations('vendor').map((operation) => [
        `\`${callOf(operation)}\``,
        operation.summary,
        operation.differs ?? 'not at all',
      ]),
  },
  'unsupported-api': {
    file: 'docs/supported-api.md',
    heads: ['call', 'what it would do', 'answer'],
    rows: () =>
      UNSUPPORTED_OPERATIONS.map(({ method, path, summary, answer }) => [
        `\`${method} /api${templateOf(path)}\``,
        summary,
        `${ERROR_CODES[answer].status} \`${answer}\``,
      ]),
  },
  'emulator-operations': {
    file: 'docs/emulator.md',
    heads: ['call', 'what it does'],
    rows: () =>
      Object.values(EMULATOR_OPERATIONS).map(({ method, path, summary }) => [
        `\`${method} ${path}\``,
        summary,
      ]),
  },
  'fault-triggers': {
    file: 'docs/emulator.md',
    heads: ['`when`', 'fires at'],
    rows: () => Object.entries(TRIGGERS).map(([name, { summary }]) => [`\`${name}\``, summary]),
  },
  'fault-kinds': {
    file: 'docs/emulator.md',
    heads: ['`kind`', 'what happens', '`moment`'],
    rows: () =>
      Object.entries(FAULT_KINDS).map(([name, { summary, moments }]) => [
        `\`${name}\``,
        summary,
        moments.map((moment) => `\`${moment}\``).join(', '),
      ]),
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
  'further-ways': {
    file: 'docs/enforcement.md',
    heads: ['untrusted code', 'while restricted'],
    rows: () =>
      FURTHER_WAYS.map(({ name, because }) => [
        name,
        because === undefined ? 'refused (`EPERM`)' : `runs: ${because}`,
      ]),
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

const callOf = ({ base, method, path }: Operation) =>
  `${method} ${base === 'vendor' ? '/api' : '/cordon/v1'}${templateOf(path)}`;

function operationRow(operation: Operation): string[] {
  const { id, requirement, limit, success } = operation;
  return [
    `\`${callOf(operation)}\``,
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
