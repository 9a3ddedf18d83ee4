/** Where Debian's package has the browser. */
export const CHROMIUM = '/usr/bin/chromium';
