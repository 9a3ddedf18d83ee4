/** `npm run check`: everything about the sources that can be told without running the product. Fails if one step does. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = (...path: string[]) => join(root, 'node_modules', ...path);

interface Step {
  readonly name: string;
  /** A script that this Node runs, with its arguments. */
  readonly script: readonly string[];
}

const STEPS: readonly Step[] = [
  {
    name: 'format and lint',
    script: [installed('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'],
  },
  {
    name: 'types',
    script: [installed('typescript', 'bin', 'tsc'), '--noEmit', '--project', join(root, 'tsconfig.json')],
  },
  {
    name: 'types of the console',
    script: [installed('typescript', 'bin', 'tsc'), '--noEmit', '--project', join(root, 'console')],
  },
  { name: "the API's description", script: [join(root, 'scripts', 'openapi-lint.ts')] },
  {
    name: 'types of the client, where there is no Node',
    script: [installed('typescript', 'bin', 'tsc'), '--project', join(root, 'test', 'sdk', 'no-node')],
  },
  {
    name: 'architecture, documents against code',
    script: [join(root, 'scripts', 'test.ts'), 'test/architecture', 'test/docs'],
  },
];

const results = STEPS.map(({ name, script }) => {
  console.log(`── ${name}`);
  const started = performance.now();
  const { status, error } = spawnSync(process.execPath, script, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  return { name, passed: status === 0, seconds: (performance.now() - started) / 1000 };
});

console.log('──');
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
}
if (results.some(({ passed }) => !passed)) process.exitCode = 1;
