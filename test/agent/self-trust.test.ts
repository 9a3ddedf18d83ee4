import assert from 'node:assert/strict';
import test from 'node:test';
import { ownFiles } from '../../src/agent/self-trust.ts';

const among = (paths: string[]) => (path: string) => paths.includes(path);

test('in a clone the code and the packages are the agent’s own, and not the rest of the clone', () => {
  const exists = among(['/opt/cordon/package.json', '/opt/cordon/src', '/opt/cordon/node_modules']);
  assert.deepEqual(ownFiles('/bin/node', '/opt/cordon/src/agent', exists), [
    '/bin/node',
    '/opt/cordon/package.json',
    '/opt/cordon/src',
    '/opt/cordon/node_modules',
  ]);
});

test('installed as a package, the packages beside it are its own too', () => {
  const exists = among(['/usr/lib/node_modules/cordon/package.json']);
  assert.deepEqual(ownFiles('/bin/node', '/usr/lib/node_modules/cordon/dist/agent', exists), [
    '/bin/node',
    '/usr/lib/node_modules',
  ]);
});

test('a single executable is only itself', () => {
  assert.deepEqual(ownFiles('/usr/bin/cordon-agent', undefined, among([])), ['/usr/bin/cordon-agent']);
  assert.deepEqual(ownFiles('/usr/bin/cordon-agent', '/usr/bin', among([])), ['/usr/bin/cordon-agent']);
});

test('here it finds what runs this test', () => {
  const own = ownFiles();
  assert.ok(own.includes(process.execPath));
  assert.ok(own.some((path) => import.meta.filename.replace('/test/', '/src/').startsWith(path)));
});
