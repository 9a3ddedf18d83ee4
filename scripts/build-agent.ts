/**
 * `npm run build:agent`: the agent as one file that needs no Node on the device.
 *
 *     npm run build:agent                         dist/cordon-agent, for this platform
 *     npm run build:agent -- --output FILE        elsewhere
 *     npm run build:agent -- --node FILE          around another Node 26, such as that of another processor
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { placeExecutable } from '../src/agent/install/executable.ts';
import { bundleAgent } from './build-agent/bundle.ts';
import { licencesOf } from './build-agent/licences.ts';

/**
 * The agent mostly waits. Without compiled code (`jitless`) it needs no memory that is writable and executable at once,
 * so its unit can forbid that; digests and TLS are not JavaScript, and idle it takes no more time (measured, decision 0012).
 */
const V8_OPTIONS = ['--jitless', '--max-semi-space-size=1'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    output: { type: 'string', default: join(root, 'dist', 'cordon-agent') },
    node: { type: 'string' },
  },
});
const output = resolve(values.output);
const node = resolve(values.node ?? process.execPath);

mkdirSync(dirname(output), { recursive: true });
const scratch = mkdtempSync(join(dirname(output), '.build-'));
try {
  const { code, packages } = await bundleAgent(join(root, 'src/bin/cordon-agent.ts'));
  const [main, licences, config] = ['agent.mjs', 'licences.txt', 'sea.json'].map((name) =>
    join(scratch, name),
  ) as [string, string, string];
  writeFileSync(main, code);
  writeFileSync(licences, licencesOf(root, node, packages));
  const made = join(scratch, 'cordon-agent');
  const options = {
    main,
    mainFormat: 'module',
    executable: node,
    output: made,
    disableExperimentalSEAWarning: true,
    // NODE_OPTIONS must not change what a trusted program does.
    execArgvExtension: 'none',
    execArgv: V8_OPTIONS,
    assets: { licences },
  };
  writeFileSync(config, JSON.stringify(options));
  const { status, stderr, error } = spawnSync(process.execPath, [`--build-sea=${config}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Node could not build the executable: ${error?.message ?? stderr}`);
  await placeExecutable(made, output);
  const megabytes = (path: string) => `${(statSync(path).size / 1e6).toFixed(1)} MB`;
  console.log(`${output}: ${megabytes(output)}, of which Node ${megabytes(node)}`);
  console.log(`code ${(readFileSync(main).length / 1e3).toFixed(0)} kB, packages: ${packages.join(', ')}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
