import type { Evidence as Found } from '../../../src/contract/device.ts';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';

/** What a driver found, check by check: the word of the agent on the device. */
export function Evidence({ evidence }: { readonly evidence: Found }) {
  return (
    <div className="evidence">
      <p className="driver">
        Tried by <Text value={evidence.driver} />
        {evidence.driverVersion === null ? null : (
          <>
            {' '}
            <Text value={evidence.driverVersion} />
          </>
        )}
        , in {duration(evidence.took)}
      </p>
      <ul>
        {evidence.checks.map(({ name, expected, observed, passed }) => (
          <li key={name} className={passed ? 'passed' : 'missed'}>
            <Icon name={passed ? 'check' : 'cross'} />
            <div>
              <span className="unseen">{passed ? 'Passed: ' : 'Not passed: '}</span>
              <Text value={name} />
              <span className="observed">
                {' '}
                — <Text value={observed} />
                {passed ? null : (
                  <>
                    , expected: <Text value={expected} />
                  </>
                )}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {evidence.notes.map((note) => (
        <p key={note} className="note">
          <Text value={note} />
        </p>
      ))}
    </div>
  );
}

function duration(took: Readonly<Record<string, number>>): string {
  const total = Object.values(took).reduce((sum, part) => sum + part, 0);
  return total < 1000 ? `${Math.round(total)} ms` : `${(total / 1000).toFixed(1)} s`;
}
