import { EMULATOR } from '../../contract/well-known.ts';
import { preset, value } from '../option.ts';
import { parseAddress } from '../values.ts';
import { verb } from '../verb.ts';

export const openapi = verb({
  name: 'openapi',
  summary: 'write the description of the API (OpenAPI 3.1)',
  description: `Writes the description of the API to standard output, as every server serves it at
/openapi.json, for generators of clients and other tools. It needs no server and no token.`,
  arguments: [],
  options: {
    publicUrl: preset(
      value('ADDRESS', 'Address of the server that the description is to name', parseAddress),
      EMULATOR.url,
    ),
  },
  examples: [
    { line: 'cordon openapi > openapi.json', does: 'for a generator' },
    {
      line: 'cordon openapi --public-url https://cordon.example.org > openapi.json',
      does: 'of a server of your own',
    },
  ],
  run: async ({ publicUrl }, _words, { io }) => {
    // The schemas take 180 ms to load, which no other verb should wait for.
    const { describeApi } = await import('../../contract/openapi/document.ts');
    io.stdout.write(`${JSON.stringify(describeApi({ url: publicUrl, tenant: null }), null, 2)}\n`);
    return 'done';
  },
});
