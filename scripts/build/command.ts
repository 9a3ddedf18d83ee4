import { copyFileSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

/** Asked for by a package in a `try`, and never there. */
const ABSENT = ['pg-native'];
/** How a thread of our own is named in the sources: `new URL(`./writer${extension()}`, import.meta.url)`. */
const WORKER = /new URL\(\s*`\.\/([\w-]+)\$\{extension\(\)\}`,\s*import\.meta\.url\s*\)/g;
const PLACE = /__PLACE_OF__\[([^\]]*)\]/g;
/** Modules of Node that load much (TLS, above all) and that many a start never needs. */
const LATE = ['node:http2', 'node:https', 'node:tls', 'node:zlib'];
const LATE_REQUIRE = /\b__require\("(node:\w+)"\)/g;
const NODE_IMPORT = /^import (?:(.+?) from )?["'](node:[\w/]+)["'];?$/gm;

export interface Emitted {
  /** Names of the npm packages whose code is in it. */
  readonly packages: readonly string[];
}

/**
 * Emits the command under `output` in chunks that are loaded verb by verb, with the packages in them: in one file they start
 * faster than in hundreds. Each source keeps its place (`src/store/migrate.ts` is `store/migrate.js`) for what it looks for
 * beside itself: data files, which are copied, and workers, which are emitted as entries.
 * @throws Error when something is imported that would not be there, or an entry would be run by another one
 */
export async function emitCommand(sources: string, output: string): Promise<Emitted> {
  const bundle = await rolldown({
    input: { 'bin/cordon': join(sources, 'bin/cordon.ts') },
    platform: 'node',
    external: ABSENT,
    plugins: [keepPlaces(sources), importNodeDirectly],
  });
  const written = await bundle.write({
    dir: output,
    format: 'esm',
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
  const chunks = written.output.filter((file): file is OutputChunk => file.type === 'chunk');
  for (const chunk of chunks) {
    requireWhole(chunk, chunks);
    writeFileSync(join(output, chunk.fileName), inAscii(chunk));
  }
  copyDataFiles(sources, output);
  const packages = chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => packageOf(id) ?? []));
  return { packages: [...new Set(packages)].sort() };
}

/** The directory of the installed package that a file belongs to; null for one of ours. */
function packageOf(file: string): string | null {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/'))?.[0] ?? null;
}

function keepPlaces(sources: string): Plugin {
  return {
    name: 'places of sources',
    transform(code, id) {
      if (!id.startsWith(`${sources}${sep}`) || !code.includes('import.meta')) return null;
      const place = relative(sources, id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
      for (const [, name] of code.matchAll(WORKER)) {
        this.emitFile({
          type: 'chunk',
          id: join(dirname(id), `${name}.ts`),
          fileName: posix.join(posix.dirname(place), `${name}.js`),
        });
      }
      const placed = code
        .replaceAll('import.meta.url', `new URL("__PLACE_OF__[${place}]", import.meta.url).href`)
        .replaceAll(
          'import.meta.dirname',
          `globalThis.process.getBuiltinModule("node:path").join(import.meta.dirname, "__PLACE_OF__[${posix.dirname(place)}]")`,
        );
      return placed;
    },
    renderChunk(code, { fileName }) {
      return code.replace(PLACE, (_, place: string) => {
        const path = posix.relative(posix.dirname(fileName), place);
        return path.startsWith('.') ? path : `./${path}`;
      });
    },
  };
}

/**
 * An `import` of one of Node's modules asks for each of its exports, and `node:http` has some that load a whole client of
 * their own: a seventh of the time that a start takes (measured, decision 0017). Late ones are asked for when something of
 * theirs is called: processor time of 26 ms for `https` with TLS, 13 for `http2`, 8 for `zlib` (medians, busy machine).
 */
const importNodeDirectly: Plugin = {
  name: 'modules of Node',
  renderChunk: (code) =>
    code
      .replace(LATE_REQUIRE, (asked, name: string) =>
        LATE.includes(name)
          ? `new Proxy({}, { get: (_, part) => globalThis.process.getBuiltinModule("${name}")[part] })`
          : asked,
      )
      .replace(NODE_IMPORT, (_, bindings: string | undefined, name: string) => {
        const got = `globalThis.process.getBuiltinModule("${name}")`;
        if (bindings === undefined) return `${got};`;
        const late = LATE.includes(name) ? functionsOf(bindings) : null;
        if (late !== null) {
          return late
            .map(([part, local]) => `const ${local} = (...given) => ${got}.${part}(...given);`)
            .join(' ');
        }
        const [, own, rest = own] = /^(?:([\w$]+)(?:, )?)?(.*)$/.exec(bindings) as unknown as [
          string,
          string?,
          string?,
        ];
        const lines = [own, rest === '' ? undefined : rest]
          .filter((binding) => binding !== undefined)
          .map((binding) => `const ${binding.replace(/^\* as /, '').replaceAll(' as ', ': ')} = ${got};`);
        return lines.join(' ');
      }),
};

/** The named bindings of an import, with their local names; null unless all are functions, which begin with a small letter. */
function functionsOf(bindings: string): [string, string][] | null {
  const named = /^\{(.*)\}$/.exec(bindings)?.[1];
  if (named === undefined) return null;
  const pairs = named.split(',').map((one): [string, string] => {
    const [part = '', local = part] = one.trim().split(' as ');
    return [part, local];
  });
  return pairs.every(([part]) => /^[a-z]\w*$/.test(part)) ? pairs : null;
}

/** One letter beyond ASCII makes Node decode a whole file, 15 ms for 1.8 MB, and keep it at twice the size. */
function inAscii({ fileName, code }: OutputChunk): string {
  // Its text is what is written, escapes included.
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error(`${fileName} has raw text beyond ASCII.`);
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function requireWhole({ fileName, imports }: OutputChunk, chunks: readonly OutputChunk[]): void {
  for (const name of imports) {
    const target = chunks.find((chunk) => chunk.fileName === name);
    if (target === undefined && !name.startsWith('node:') && !ABSENT.includes(name))
      throw new Error(`${fileName} needs ${name}, which is not emitted.`);
    if (target?.isEntry) throw new Error(`${fileName} would run ${name}, an entry of its own.`);
  }
}

/** Everything that is neither a source nor a document: migrations, pages, the file that starts the command. */
function copyDataFiles(sources: string, output: string): void {
  for (const file of globSync('**', { cwd: sources })) {
    if (/\.(?:ts|md)$/.test(file) || !statSync(join(sources, file)).isFile()) continue;
    mkdirSync(dirname(join(output, file)), { recursive: true });
    copyFileSync(join(sources, file), join(output, file));
  }
}
