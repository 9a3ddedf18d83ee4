import { join } from 'node:path';
import type { InlineConfig } from 'vite';

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
        // Directives of React's server side, which say nothing to a browser.
        onwarn: (warning, warn) => {
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
        },
      },
    },
  };
}
