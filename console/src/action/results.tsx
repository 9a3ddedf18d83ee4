import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import type { ActionTypeName } from '../../../src/contract/control.ts';
import type { WireRequestedAction } from '../../../src/contract/cordon.ts';
import { ACTION_TITLES, STATUS_WORDS } from '../control/words.ts';
import { readSummaries } from '../machines/read.ts';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { counted } from '../text/count.ts';
import type { Target } from './action-dialog.tsx';
import { refusedOf } from './attempt.ts';

interface Props {
  readonly results: readonly WireRequestedAction[];
  readonly targets: readonly Target[];
  readonly onLeave: () => void;
}

/** What came of each machine: how many were accepted, and each that was refused with the reason. */
export function Results({ results, targets, onLeave }: Props) {
  const refused = refusedOf(results);
  const accepted = results.length - refused.length;
  const { data } = useQuery({
    queryKey: ['refused', ...refused.map(({ machine }) => machine)],
    queryFn: () => readSummaries(refused.map(({ machine }) => machine)),
    enabled: refused.some(({ error }) => error?.code === 'ActiveRequestAlreadyExists'),
    staleTime: 0,
  });
  const rows = new Map(data?.map((row) => [row.id, row]));
  return (
    <div className="results">
      {accepted > 0 ? (
        <p className="accepted" role="status">
          <Icon name="check" /> Accepted for {counted(accepted, 'machine')}.
        </p>
      ) : null}
      {refused.length === 0 ? null : (
        <div role="alert">
          <p className="refused">
            <Icon name="warning" /> Refused for {counted(refused.length, 'machine')}:
          </p>
          <ul>
            {refused.map(({ machine, error }) => (
              <li key={machine}>
                <Link href={`/machines/${machine}`} onClick={onLeave}>
                  <Text value={targets.find(({ id }) => id === machine)?.name ?? machine} />
                </Link>
                {': '}
                <Text value={error?.message ?? 'no reason was given'} />
                <Active action={rows.get(machine)?.activeAction ?? null} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** The action that came first, so that the second person knows of the first one. */
function Active({ action }: { readonly action: WireMachineSummary['activeAction'] }) {
  if (action === null) return null;
  return (
    <p className="first">
      {ACTION_TITLES[action.type as ActionTypeName] ?? action.type} was asked for by{' '}
      <Text value={action.requestor} />, {STATUS_WORDS[action.status].toLowerCase()} since{' '}
      <Time at={action.creationDateTimeUtc} />. Wait for it to end, or cancel it.
    </p>
  );
}
