/** Where the console begins. */
const HOME = '/console/';

/** The path of the console that is asked for; its beginning for everything else, another site above all. */
export function ownPath(asked: string, publicUrl: string): string {
  const base = new URL(publicUrl);
  const url = URL.parse(asked, base);
  if (url === null || url.origin !== base.origin || !url.pathname.startsWith(HOME)) return HOME;
  return `${url.pathname}${url.search}${url.hash}`;
}
