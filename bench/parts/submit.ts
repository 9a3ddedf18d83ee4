import { runSubmit } from '../submit/run.ts';
import type { Part } from './part.ts';

const WARM_UP = 4;
const CONNECTIONS = 128;

/** The submission benchmark as a part of the whole. */
export const submit: Part = {
  name: 'submit',
  figures: ['submitSqliteRatio'],
  measures: 'authenticated, fsynced submissions in a second over calls of an empty node:http server',
  async run({ rounds, machines }, { directory, say }) {
    const { submitSqliteRatio } = await runSubmit({
      ...{ rounds, machines, directory, say },
      warmUp: WARM_UP,
      connections: CONNECTIONS,
    });
    return { submitSqliteRatio: Math.round(submitSqliteRatio * 1000) / 1000 };
  },
};
