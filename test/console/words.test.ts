import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import {
  assuranceSentence,
  causeWords,
  failedBeside,
  failureWord,
  isFree,
  isNotDone,
  mainAction,
  standingOf,
} from '../../console/src/control/words.ts';

const asked = { mode: 'unmanaged', assurance: 'unmanaged', generation: 2 } as const;

describe('what the console says of a machine', () => {
  test('a machine of which something was asked in vain is not said never to have been asked anything', () => {
    const failed = assuranceSentence(asked, { type: 'RestrictCodeExecution', status: 'Failed' });
    assert.match(
      failed,
      /^The last action, Restrict app execution, failed: the machine is as it was before\./,
    );
    const cancelled = assuranceSentence(asked, { type: 'RestrictCodeExecution', status: 'Cancelled' });
    assert.match(cancelled, /was cancelled/);
    for (const last of [null, { type: 'RestrictCodeExecution', status: 'Pending' } as const])
      assert.match(assuranceSentence(asked, last), /^What was asked of this machine did not succeed/);
    assert.match(assuranceSentence({ ...asked, generation: 0 }, null), /^Nothing was ever asked/);
  });

  test('it is marked in lists, and one that was never asked anything, or does as asked, is not', () => {
    assert.equal(isNotDone(asked), true);
    assert.equal(isNotDone({ ...asked, generation: 0 }), false);
    assert.equal(isNotDone({ ...asked, assurance: 'unproven' }), false, 'it is not over yet');
    assert.equal(isNotDone({ mode: 'unrestricted', assurance: 'proven', generation: 2 }), false);
  });

  test('what failed is named by what it was for, and told on the page where the sentence of the mode does not', () => {
    const release = { type: 'UnrestrictCodeExecution', status: 'TimeOut', id: '2' } as const;
    assert.equal(failureWord(release, null), 'Release timed out');
    assert.equal(failureWord(release, { mode: 'unrestricted', assurance: 'unproven' }), 'Timed out');
    assert.equal(failureWord(release, { mode: 'restricted', assurance: 'unproven' }), 'Release timed out');
    assert.equal(
      failureWord({ ...release, type: 'RestrictCodeExecution', status: 'Failed' }, null),
      'Restriction failed',
    );
    const restricted = { mode: 'restricted', assurance: 'proven', actionId: '1' } as const;
    assert.equal(failedBeside(release, restricted), true);
    assert.equal(failedBeside({ ...release, status: 'Cancelled' }, restricted), false);
    assert.equal(failedBeside({ ...release, id: '1' }, restricted), false, 'it was proven late');
    assert.equal(failedBeside(release, { ...restricted, mode: 'unmanaged', assurance: 'unmanaged' }), false);
  });

  test('one badge says what is wanted and what is proven, and looks like a fact only where the device has shown it', () => {
    const modes = ['unmanaged', 'restricted', 'unrestricted'] as const;
    const assurances = ['unmanaged', 'proven', 'changing', 'unproven', 'drifted'] as const;
    const words = new Set<string>();
    for (const mode of modes)
      for (const assurance of assurances) {
        const { word, fact } = standingOf({ mode, assurance });
        words.add(word);
        assert.equal(fact && (assurance === 'changing' || assurance === 'unproven'), false, word);
        assert.doesNotMatch(word, /^(Restricted|Unrestricted)$/);
      }
    assert.equal(words.size, modes.length * assurances.length, 'no two say the same');
    assert.equal(standingOf({ mode: 'restricted', assurance: 'unproven' }).word, 'Restriction unproven');
    assert.deepEqual(standingOf({ mode: 'restricted', assurance: 'proven' }), {
      word: 'Restricted, proven',
      tone: 'contained',
      fact: true,
    });
  });

  test('there is nothing to remove where nothing was asked, or the release is proven, and only there', () => {
    assert.equal(isFree(null), true);
    assert.equal(isFree(asked), true);
    assert.equal(isFree({ mode: 'unrestricted', assurance: 'proven' }), true);
    assert.equal(isFree({ mode: 'unrestricted', assurance: 'unproven' }), false);
    assert.equal(isFree({ mode: 'unmanaged', assurance: 'unproven' }), false, 'a restriction may still hold');
    for (const assurance of ['proven', 'unproven', 'drifted', 'changing'] as const)
      assert.equal(isFree({ mode: 'restricted', assurance }), false);
  });

  test('a cause is a part of a sentence, in the words of the pages', () => {
    assert.equal(causeWords('timed out while InProgress'), 'timed out while in progress');
    assert.equal(causeWords('its release time came while Pending'), 'its release time came while pending');
    assert.equal(
      causeWords('Simulated: this device fails every action.'),
      'Simulated: this device fails every action',
    );
    assert.equal(causeWords('proven_on the device'), 'proven on the device');
  });

  test('to restrict is what is offered first, until a restriction is proven', () => {
    assert.equal(mainAction({ mode: 'restricted', assurance: 'proven' }), 'UnrestrictCodeExecution');
    for (const assurance of ['unproven', 'drifted', 'changing'] as const)
      assert.equal(mainAction({ mode: 'restricted', assurance }), 'RestrictCodeExecution', assurance);
    assert.equal(mainAction({ mode: 'unrestricted', assurance: 'proven' }), 'RestrictCodeExecution');
  });
});
