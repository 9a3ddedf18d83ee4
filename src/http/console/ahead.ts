import { FIRST_READ } from '../../contract/console.ts';
import type { BuiltFiles } from './files.ts';

/** Parts of the script, by the names that the build gives them: the first one, which the index page has, loads the others. */
const FIRST = 'first';
const WAY_IN = 'sign-in';
const PAGES = 'pages';
/** Pages that have a part of their own, by paths below `/console/`. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^machines\/./, 'machine-page'],
  [/^actions/, 'actions-page'],
  [/^access/, 'access-page'],
];
/** Paths that lead to the list of machines. */
const MACHINES = /^(?:machines)?$/;

/**
 * A `Link` header that lets the browser ask for what it shows first while it loads the script that would ask for it: the page
 * for who may be signed in, the ways to sign in for everybody else.
 * @param path below `/console/`
 */
export function readAhead(files: BuiltFiles, path: string, mayBeSignedIn: boolean): string {
  const { session, machines, ways } = FIRST_READ;
  const addresses = mayBeSignedIn ? (MACHINES.test(path) ? [session, machines] : [session]) : [session, ways];
  const page = PARTS.find(([paths]) => paths.test(path))?.[1];
  const parts = mayBeSignedIn ? (page === undefined ? [PAGES] : [PAGES, page]) : [WAY_IN];
  return [
    ...scriptsOf(files, parts).map((file) => `</console/${file}>; rel=modulepreload; crossorigin`),
    ...addresses.map((address) => `<${address}>; rel=preload; as=fetch; crossorigin`),
  ].join(', ');
}

/** Of Vite's manifest, by keys that only it knows. */
type Manifest = Readonly<
  Record<string, { readonly name?: string; readonly file: string; readonly imports?: readonly string[] }>
>;

/** Files of the parts, and those that they import; not those of the first, which the index page names. */
function scriptsOf(files: BuiltFiles, parts: readonly string[]): string[] {
  const manifest = manifestOf(files);
  const keyOf = (part: string) => Object.keys(manifest).find((key) => manifest[key]?.name === part);
  const visit = (found: Set<string>, key: string | undefined): Set<string> => {
    if (key === undefined || found.has(key)) return found;
    found.add(key);
    for (const imported of manifest[key]?.imports ?? []) visit(found, imported);
    return found;
  };
  const there = visit(new Set(), keyOf(FIRST));
  const wanted = parts.reduce((found, part) => visit(found, keyOf(part)), new Set<string>());
  return [...wanted].filter((key) => !there.has(key)).map((key) => manifest[key]!.file);
}

const manifests = new WeakMap<BuiltFiles, Manifest>();

/** Read once for each build; empty where the build has none. */
function manifestOf(files: BuiltFiles): Manifest {
  let manifest = manifests.get(files);
  if (manifest === undefined) {
    manifest = JSON.parse(String(files.get('.vite/manifest.json')?.bodies.identity ?? '{}')) as Manifest;
    manifests.set(files, manifest);
  }
  return manifest;
}
