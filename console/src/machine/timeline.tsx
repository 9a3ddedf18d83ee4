import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import type { WireActionEvent } from '../../../src/contract/cordon.ts';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { CancelDialog } from '../action/late-dialogs.ts';
import { ACTION_TITLES, causeWords, isActive, STATUS_WORDS } from '../control/words.ts';
import { StatusBadge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { LongText } from '../parts/long-text.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session/session.ts';
import { Evidence } from './evidence.tsx';
import { readAction, readHistory } from './read.ts';

/** One action with all that happened to it. @param open whether its history is shown from the start */
export function TimelineEntry({
  action,
  open,
}: {
  readonly action: WireMachineAction;
  readonly open: boolean;
}) {
  const may = useMay();
  const [opened, setOpened] = useState(open);
  const [cancelling, setCancelling] = useState(false);
  return (
    <li className={`entry ${action.status}`}>
      <header>
        <h3>{ACTION_TITLES[action.type] ?? action.type}</h3>
        <StatusBadge status={action.status} />
        <Time at={action.creationDateTimeUtc} />
      </header>
      <p className="who">
        by <Text value={action.requestor} />
      </p>
      <LongText value={action.requestorComment} />
      {action.cancellationRequestor === null ? null : (
        <p className="who">
          Cancelled by <Text value={action.cancellationRequestor} />
          {action.cancellationComment === null ? null : (
            <>
              : <Text value={action.cancellationComment} />
            </>
          )}
        </p>
      )}
      <div className="buttons">
        {may('getActionHistory') ? (
          <button type="button" className="link" aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {opened ? 'Hide what happened' : 'What happened, with evidence'}
          </button>
        ) : null}
        {isActive(action.status) && may('cancelMachineAction') ? (
          <Button look="quiet" onPress={() => setCancelling(true)}>
            Cancel this action
          </Button>
        ) : null}
      </div>
      {opened && may('getActionHistory') ? <History action={action} /> : null}
      {cancelling ? (
        <Suspense>
          <CancelDialog action={action} onClose={() => setCancelling(false)} />
        </Suspense>
      ) : null}
    </li>
  );
}

function History({ action }: { readonly action: WireMachineAction }) {
  // A history grows only with the action, whose time of change is a part of the key.
  const history = useQuery({
    queryKey: ['machine', action.machineId, 'history', action.id, action.lastUpdateDateTimeUtc],
    queryFn: () => readHistory(action.id),
    placeholderData: (before) => before,
  });
  const state = useQuery({
    queryKey: ['machine', action.machineId, 'action', action.id, action.lastUpdateDateTimeUtc],
    queryFn: () => readAction(action.id),
    enabled: action.type === 'RestrictCodeExecution',
    placeholderData: (before) => before,
  });
  if (history.error !== null)
    return <ProblemNote error={history.error} what="The history cannot be shown." />;
  return (
    <>
      {state.data?.releaseAt == null ? null : (
        <p className="who">
          {state.data.releaseStands ? 'Ends by itself: ' : 'Was to end by itself: '}
          <Time at={state.data.releaseAt} />
        </p>
      )}
      <ol className="history">
        {history.data?.map(({ revision, at, status, actor, cause, evidence }) => (
          <li key={revision} className={status}>
            <p>
              <span className="status">{STATUS_WORDS[status]}</span> <Time at={at} />
            </p>
            <p className="who">
              <Text value={causeWords(cause)} />
              <By actor={actor} cause={cause} />
            </p>
            {evidence === null ? null : <Evidence evidence={evidence} />}
          </li>
        ))}
      </ol>
    </>
  );
}

/** Who made it so, where the cause does not end with that. */
function By({ actor, cause }: Pick<WireActionEvent, 'actor' | 'cause'>) {
  const itself = `the ${actor.kind}`;
  if (actor.kind !== 'device' && actor.kind !== 'server')
    return (
      <>
        , by <Text value={actor.name} />
      </>
    );
  return cause.endsWith(itself) ? null : `, by ${itself}`;
}
