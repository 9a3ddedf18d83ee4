const PAGES = '/console/';

/**
 * Below the console every address is a page, one that cannot be decoded too: the page says that there is none. Everything
 * else is left as it is.
 */
export function readable(url: string): string {
  return url.startsWith(PAGES) && !isDecodable(url) ? `${PAGES}not-found` : url;
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
