import type { Plugin } from 'vite';

const CLIENT = /\/react-dom-client\.production\.js$/;
const SENTINEL = /\b(\w+Exception) = Error\(formatProdErrorMessage\((\d+)\)\)/g;
/** As of React 19.3. */
const SENTINELS = 5;

/**
 * React makes five errors when it is loaded, which it tells by being the same and of which nobody reads a stack. Where a
 * client of the developer's tools listens, as in each test that drives a browser, each makes V8 parse the whole of the script
 * once more to name its line: a tenth of the time that the page's thread takes until the list can be used. Made without
 * a stack they are the same to React.
 */
export function withoutStacks(): Plugin {
  return {
    name: 'cordon:without-stacks',
    transform: {
      filter: { id: CLIENT },
      handler: (code) => {
        let found = 0;
        const changed = code.replace(SENTINEL, (_whole, name: string, number: string) => {
          found += 1;
          return `${name} = Object.assign(Object.create(Error.prototype), { message: formatProdErrorMessage(${number}) })`;
        });
        if (found !== SENTINELS)
          throw new Error(`React makes ${found} errors when it is loaded, not ${SENTINELS}.`);
        return { code: changed, map: null };
      },
    },
  };
}
