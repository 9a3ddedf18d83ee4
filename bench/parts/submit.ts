import { MOCKS } from '../mocks/table.ts';
import type { MockResult } from '../submit/beside-mocks.ts';
import { runSubmit } from '../submit/run.ts';
import type { Part } from './part.ts';

const WARM_UP = 4;
const CONNECTIONS = 128;

/** The submission benchmark as a part of the whole, and then the mocks of the same call. */
export const submit: Part = {
  name: 'submit',
  figures: ['submitSqliteRatio', 'submitVsPrism', 'submitVsMockoon'],
  how: 'rounds of the empty server and Cordon in turn, by one generator with 128 connections; the median of the ratios of the rounds that follow four of warm-up. Every call of Cordon is authenticated, meets an idle machine and is flushed to the disk before its answer. Then, for each mock, as many rounds of Cordon and the mock in turn, by the same generator and connections, after three of the mock that do not count; a mock is stopped while Cordon is measured. Both mock the whole API by the description that the measured server serves, as one would start them instead: Prism answers with the example that stands there, Mockoon makes a body up. With a file of this one call and a fixed body both are faster (`prismOneCallPerSecond`, `mockoonOneCallPerSecond`, and the ratios over them); they are started so that they write no log file. The mocks are installed by npm for the run only, without install scripts.',
  minutes: 4,
  async run({ rounds, machines }, { directory, say }) {
    const result = await runSubmit({
      ...{ rounds, machines, directory, say, mocks: MOCKS },
      warmUp: WARM_UP,
      connections: CONNECTIONS,
    });
    const { prism, mockoon, prismOneCall, mockoonOneCall } = result.mocks;
    return {
      figures: {
        submitSqliteRatio: Math.round(result.submitSqliteRatio * 1000) / 1000,
        submitVsPrism: ratioOf(prism),
        submitVsMockoon: ratioOf(mockoon),
      },
      reasons: {
        ...(prism?.ratio === null ? { submitVsPrism: prism.reason } : {}),
        ...(mockoon?.ratio === null ? { submitVsMockoon: mockoon.reason } : {}),
      },
      details: {
        submitPerSecond: Math.round(result.submitPerSecond),
        emptyPerSecond: Math.round(result.emptyPerSecond),
        submitMainMicroseconds: Math.round(result.submitMainMicroseconds),
        submitWriterMicroseconds: Math.round(result.submitWriterMicroseconds),
        ...detailsOf(prism, 'prismPerSecond'),
        ...detailsOf(mockoon, 'mockoonPerSecond'),
        ...detailsOf(prismOneCall, 'prismOneCallPerSecond', 'submitVsPrismOneCall'),
        ...detailsOf(mockoonOneCall, 'mockoonOneCallPerSecond', 'submitVsMockoonOneCall'),
      },
    };
  },
};

/** What a mock reached under the names given; nothing when it could not be measured. */
function detailsOf(
  result: MockResult | undefined,
  perSecond: string,
  ratio: string | null = null,
): Record<string, number> {
  if (result === undefined || result.ratio === null) return {};
  const rate = { [perSecond]: Math.round(result.perSecond) };
  return ratio === null ? rate : { ...rate, [ratio]: ratioOf(result)! };
}

function ratioOf(result: MockResult | undefined): number | null {
  return result === undefined || result.ratio === null ? null : Math.round(result.ratio * 10) / 10;
}
