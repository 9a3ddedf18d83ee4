/** What a playbook developer would use instead of an emulator: mocks of an API that answer a canned body. */
import { mockoonFile } from './mockoon-file.ts';
import { prismFile } from './prism-file.ts';

/** What a mock is to answer every submission with. */
export interface Canned {
  readonly port: number;
  /** The body of a 201, JSON. */
  readonly body: string;
}

export interface Mock {
  readonly name: 'prism' | 'mockoon';
  /** Package and exact version; installed for the benchmark only. */
  readonly package: string;
  readonly version: string;
  /** Its program in `node_modules`. */
  readonly program: string;
  /** The file that it is started with. */
  readonly file: (canned: Canned) => string;
  readonly words: (file: string, canned: Canned) => readonly string[];
}

export const MOCKS: readonly Mock[] = [
  {
    name: 'prism',
    package: '@stoplight/prism-cli',
    version: '5.16.0',
    program: '@stoplight/prism-cli/dist/index.js',
    file: prismFile,
    words: (file, { port }) => ['mock', file, '--host', '127.0.0.1', '--port', String(port)],
  },
  {
    name: 'mockoon',
    package: '@mockoon/cli',
    version: '9.9.0',
    program: '@mockoon/cli/bin/run.js',
    file: mockoonFile,
    words: (file, { port }) => [
      ...['start', '--data', file, '--hostname', '127.0.0.1', '--port', String(port)],
      // Only what answers: neither its log file nor its second API nor the list of calls it keeps for that.
      ...['--disable-log-to-file', '--disable-admin-api', '--max-transaction-logs', '0'],
    ],
  },
];
