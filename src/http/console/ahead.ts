import { FIRST_READ } from '../../contract/console.ts';
import type { BuiltFiles } from './files.ts';

/** Parts of the script that the build gives a file of their own: the pages, and the way to them. */
type Part = 'pages' | 'sign-in';

const MANIFEST = '.vite/manifest.json';
/** Paths below `/console/` that lead to the list of machines. */
const MACHINES = /^(?:machines)?$/;

/**
 * A `Link` header that lets the browser ask for what it shows first while it loads the script that would ask for it: a list
 * for who may be signed in, the ways to sign in for everybody else.
 * @param path below `/console/`
 */
export function readAhead(files: BuiltFiles, path: string, mayBeSignedIn: boolean): string {
  const { session, machines, ways } = FIRST_READ;
  const addresses = mayBeSignedIn ? (MACHINES.test(path) ? [session, machines] : [session]) : [session, ways];
  const wanted: Part = mayBeSignedIn ? 'pages' : 'sign-in';
  const part = partsOf(files).get(wanted);
  return [
    ...(part === undefined ? [] : [`</console/${part}>; rel=modulepreload; crossorigin`]),
    ...addresses.map((address) => `<${address}>; rel=preload; as=fetch; crossorigin`),
  ].join(', ');
}

const known = new WeakMap<BuiltFiles, ReadonlyMap<string, string>>();

/** Files of the parts, by the name that the build gave them; read once for each build. */
function partsOf(files: BuiltFiles): ReadonlyMap<string, string> {
  let parts = known.get(files);
  if (parts === undefined) {
    const manifest = JSON.parse(String(files.get(MANIFEST)?.bodies.identity ?? '{}')) as Record<
      string,
      { readonly name?: string; readonly file: string }
    >;
    parts = new Map(Object.values(manifest).map(({ name = '', file }) => [name, file]));
    known.set(files, parts);
  }
  return parts;
}
