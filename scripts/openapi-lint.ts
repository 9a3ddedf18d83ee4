/**
 * `npm run openapi:lint`: lints the API's description with the recommended rules of Redocly, none left out. Whatever it
 * finds is a failure, warnings included.
 */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describeApi } from '../src/contract/openapi/document.ts';
import { EMULATOR } from '../src/contract/well-known.ts';

const source = JSON.stringify(describeApi({ url: EMULATOR.url, tenant: null }));
const problems = await lintFromString({
  source,
  absoluteRef: 'openapi.json',
  config: await createConfig({ extends: ['recommended-strict'] }),
});
for (const { ruleId, message, location } of problems)
  console.error(`${ruleId}: ${message} (${location[0]?.pointer ?? '?'})`);
console.log(`The description has ${source.length} bytes and ${problems.length} problems.`);
if (problems.length > 0) process.exitCode = 1;
