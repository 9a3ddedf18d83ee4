/** What a playbook developer would use instead of an emulator: mocks of an API, which keep nothing. */

import { describedApi } from './described-api.ts';
import { mockoonFile } from './mockoon-file.ts';
import { prismFile } from './prism-file.ts';

/** What a mock is to answer every submission with. */
export interface Canned {
  readonly port: number;
  /** The body of a 201, JSON. */
  readonly body: string;
  /** The OpenAPI description that the measured server serves, JSON. */
  readonly description: string;
}

export interface Mock {
  readonly name: 'prism' | 'mockoon' | 'prismOneCall' | 'mockoonOneCall';
  /** Package and exact version; installed for the benchmark only. */
  readonly package: string;
  readonly version: string;
  /** Its program in `node_modules`. */
  readonly program: string;
  /** The file that it is started with. */
  readonly file: (canned: Canned) => string;
  /** Whether it answers with the body; Mockoon makes up a new one for each call where it has only a description. */
  readonly answersBody: boolean;
  readonly words: (file: string, canned: Canned) => readonly string[];
}

const PRISM = {
  package: '@stoplight/prism-cli',
  version: '5.16.0',
  program: '@stoplight/prism-cli/dist/index.js',
  words: (file: string, { port }: Canned) => ['mock', file, '--host', '127.0.0.1', '--port', String(port)],
} as const;

const MOCKOON = {
  package: '@mockoon/cli',
  version: '9.9.0',
  program: '@mockoon/cli/bin/run.js',
  words: (file: string, { port }: Canned) => [
    ...['start', '--data', file, '--hostname', '127.0.0.1', '--port', String(port)],
    // Neither its log file nor its second API, which halve what it answers. Its list of calls stays at its own length: with
    // `--max-transaction-logs 0` the list grows without end, and after 10,000 calls it answers a quarter.
    ...['--disable-log-to-file', '--disable-admin-api'],
  ],
} as const;

/** Both by the description of the whole API, as one starts them instead of an emulator; and by a file of the one call. */
export const MOCKS: readonly Mock[] = [
  { name: 'prism', ...PRISM, file: describedApi, answersBody: true },
  { name: 'mockoon', ...MOCKOON, file: describedApi, answersBody: false },
  { name: 'prismOneCall', ...PRISM, file: prismFile, answersBody: true },
  { name: 'mockoonOneCall', ...MOCKOON, file: mockoonFile, answersBody: true },
];
