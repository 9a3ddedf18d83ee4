import { join } from 'node:path';
import type { InlineConfig } from 'vite';

/**
 * Files with all that they need, which a first page is made of, in the order in which what several need is given out: left to
 * itself the build makes a small file of everything that two of them share, and each costs the browser a request.
 */
const GROUPS = [
  {
    name: 'first',
    test: /rolldown.runtime|console\/src\/(?:main|shell\/brand|parts\/text)\.tsx$|contract\/decoded/,
    priority: 3,
  },
  { name: 'pages', test: /console\/src\/pages\.tsx$/, priority: 2 },
  { name: 'sign-in', test: /console\/src\/session\/sign-in-(?:page|form)\.tsx$/, priority: 1 },
];

/** What the build of the console and its development server share. @param root folder of the repository */
export function consoleConfig(root: string): InlineConfig {
  return {
    root: join(root, 'console'),
    base: '/console/',
    configFile: false,
    logLevel: 'warn',
    clearScreen: false,
    build: {
      target: 'es2022',
      emptyOutDir: true,
      manifest: true,
      // Inlined files would be data addresses, which the content policy allows for pictures only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: {
        output: { codeSplitting: { groups: GROUPS } },
        // Directives of React's server side, which say nothing to a browser.
        onwarn: (warning, warn) => {
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
        },
      },
    },
  };
}
