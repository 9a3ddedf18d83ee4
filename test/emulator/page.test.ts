import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { atEnd } from '../kit/at-end.ts';
import { startTestEmulator } from '../kit/emulator.ts';

describe('the page of an emulator', async () => {
  const emulator = await startTestEmulator();
  after(() => emulator.close());
  const get = async (path: string) => {
    const answer = await fetch(`${emulator.url}${path}`);
    return { answer, text: await answer.text() };
  };

  test('lets only its own script and stylesheet run, and cannot be framed', async () => {
    for (const path of ['/cordon/emulator', '/cordon/emulator/page.js', '/cordon/emulator/page.css']) {
      const { answer } = await get(path);
      assert.equal(answer.status, 200, path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    }
  });

  test('has no script, style or handler within it, and asks no other address', async () => {
    const { text } = await get('/cordon/emulator');
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/i);
    assert.deepEqual(text.match(/https?:/g), null);
    const labelled = [...text.matchAll(/<(?:input|select|textarea)\b/g)].length;
    assert.equal([...text.matchAll(/<label\b/g)].length, labelled, 'each field has its label');
  });

  test('puts in as text whatever comes from outside', async () => {
    const { text } = await get('/cordon/emulator/page.js');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
    assert.deepEqual(text.match(/https?:/g), null);
  });

  test('knows every kind of fault and every operation, and the secret that everybody knows', async () => {
    const values = JSON.parse((await get('/cordon/emulator/values.json')).text);
    assert.equal(values.secret, EMULATOR.secret);
    assert.deepEqual(values.kinds.drop.moments, ['before', 'after', 'middle']);
    assert.ok(values.operations.includes('restrictCodeExecution') && values.operations.includes('token'));
  });

  test('does not tell a secret of somebody’s own', async (context) => {
    const own = await startTestEmulator({ secret: 'a-secret-of-my-own' });
    atEnd(context, () => own.close());
    for (const path of ['', '/page.js', '/values.json']) {
      const text = await (await fetch(`${own.url}/cordon/emulator${path}`)).text();
      assert.ok(!text.includes('a-secret-of-my-own') && !text.includes(`"${EMULATOR.secret}"`), path);
    }
  });
});
