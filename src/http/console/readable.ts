import { decoded } from '../../contract/decoded.ts';

const PAGES = '/console/';

/**
 * Below the console every address is a page, one that cannot be decoded too: the page says that there is none. Everything
 * else is left as it is.
 */
export function readable(url: string): string {
  return url.startsWith(PAGES) && decoded(url) === null ? `${PAGES}not-found` : url;
}
