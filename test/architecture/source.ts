/** Reads the sources and says what each imports and uses, from syntax and never from text. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';

/** Folder of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Import {
  /** As written, or for a relative one the path from the repository's folder: `src/contract/time.ts`. */
  readonly target: string;
  readonly relative: boolean;
  /** True when nothing of the target is loaded at run time (`import type`, `typeof import()`). */
  readonly typesOnly: boolean;
  readonly line: number;
}

/** A name of interest that the code uses, such as `Date.now` or `console.log`, or a kind of syntax, such as `enum`. */
export interface Use {
  readonly name: string;
  readonly line: number;
}

export interface Source {
  /** From the repository's folder, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly uses: readonly Use[];
}

interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [key: string]: unknown;
}

/** Files below the folders, from the repository's folder, with forward slashes, in order. */
export function filesBelow(folders: readonly string[], endings: readonly string[]): string[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{${endings.join(',')},}`, { cwd: ROOT }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => endings.some((ending) => path.endsWith(`.${ending}`)))
    .sort();
}

export function sourcesBelow(...folders: string[]): Source[] {
  return filesBelow(folders, ['ts', 'tsx', 'mjs']).map(readSource);
}

export function readSource(path: string): Source {
  return parseSource(path, readFileSync(join(ROOT, path), 'utf8'));
}

/** @throws SyntaxError when the text is not TypeScript. */
export function parseSource(path: string, text: string): Source {
  const imports: Import[] = [];
  const uses: Use[] = [];
  const plugins = path.endsWith('x') ? (['typescript', 'jsx'] as const) : (['typescript'] as const);
  const program = parse(text, { sourceType: 'module', plugins: [...plugins] }).program;
  walk(program as unknown as Node, (node) => {
    const line = node.loc.start.line;
    const found = importOf(node);
    if (found !== null) imports.push({ ...locate(path, found.target), typesOnly: found.typesOnly, line });
    for (const name of usesOf(node)) uses.push({ name, line });
  });
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, uses };
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'loc' in value &&
    typeof value.type === 'string'
  );
}

function importOf(node: Node): { target: string; typesOnly: boolean } | null {
  const from = (source: unknown, typesOnly: boolean) =>
    isNode(source) && typeof source.value === 'string' ? { target: source.value, typesOnly } : null;
  switch (node.type) {
    case 'ImportDeclaration':
      return from(node.source, node.importKind === 'type');
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return from(node.source, node.exportKind === 'type');
    case 'ImportExpression':
      return from(node.source, false);
    case 'TSImportType':
      return from(node.source, true);
    case 'NewExpression': {
      // A file named for a worker or a child process: new URL('./scan.ts', import.meta.url).
      const first = (node.arguments as readonly unknown[])[0];
      const code =
        isNode(first) && typeof first.value === 'string' && /^\.{1,2}\/.*\.(ts|mjs)$/.test(first.value);
      return isIdentifier(node.callee, 'URL') && code ? from(first, false) : null;
    }
    default:
      return null;
  }
}

function locate(path: string, target: string): { target: string; relative: boolean } {
  if (!target.startsWith('.')) return { target, relative: false };
  return { target: posix.join(posix.dirname(path), target), relative: true };
}

/** Syntax that needs more than erasing types, or that the house does not use. */
const SYNTAX: Readonly<Record<string, string>> = {
  TSEnumDeclaration: 'enum',
  TSModuleDeclaration: 'namespace',
  TSParameterProperty: 'parameter property',
  TSExportAssignment: 'export =',
  TSImportEqualsDeclaration: 'import =',
  Decorator: 'decorator',
  ExportDefaultDeclaration: 'export default',
};

function usesOf(node: Node): string[] {
  const syntax = SYNTAX[node.type];
  // `declare` only tells the checker something, as when a package's types are added to.
  if (syntax !== undefined && node.declare !== true) return [syntax];
  switch (node.type) {
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return isNode(node.object) && node.object.type === 'Identifier' && isNode(node.property)
        ? [`${node.object.name}.${node.property.name ?? node.property.value}`]
        : [];
    case 'NewExpression':
      return isIdentifier(node.callee, 'Date') && (node.arguments as unknown[]).length === 0
        ? ['new Date()']
        : [];
    case 'CallExpression':
      return isNode(node.callee) && node.callee.type === 'Identifier' ? [`${node.callee.name}()`] : [];
    case 'ImportSpecifier':
      return isNode(node.imported) && typeof node.imported.name === 'string'
        ? [`import ${node.imported.name}`]
        : [];
    default:
      return [];
  }
}

function isIdentifier(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node.name === name;
}
