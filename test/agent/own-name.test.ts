import assert from 'node:assert/strict';
import test from 'node:test';
import { ownVerb } from '../../src/agent/own-name.ts';

test('a verb is named as the command that runs is typed', () => {
  assert.equal(ownVerb('trust', true), 'cordon-agent trust');
  assert.equal(ownVerb('trust', false), 'cordon agent trust');
  assert.equal(ownVerb('trust'), 'cordon agent trust', 'the tests run no single-file executable');
});
