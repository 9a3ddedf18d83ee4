import { Suspense, useDeferredValue, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { CancelDialog } from '../action/late-dialogs.ts';
import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Grid } from '../parts/grid.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useSettled } from '../parts/settled.ts';
import { StrangersNote } from '../parts/strangers-note.tsx';
import { useTitle } from '../parts/title.ts';
import { useView } from '../parts/use-view.ts';
import { useMay } from '../session/session.ts';
import { counted } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import { actionColumns } from './columns.tsx';
import { ExportButtons } from './export-buttons.tsx';
import { ActionsToolbar } from './toolbar.tsx';
import { useActions } from './use-actions.ts';
import {
  ACTION_SORTS,
  ACTIONS_UNDERSTOOD,
  type ActionSort,
  ALL_ACTIONS,
  filterOf,
  isNarrowedActions,
  orderOf,
  readActionsView,
  writeActionsView,
} from './view.ts';

/** All actions: who asked for what, why, and what came of it. */
export function ActionsPage() {
  useTitle('Action center');
  const may = useMay();
  const [, navigate] = useLocation();
  const [view, change, strange] = useView(readActionsView, writeActionsView, ACTIONS_UNDERSTOOD);
  const [cancelling, setCancelling] = useState<WireMachineAction | null>(null);
  // A call for each letter would be too many.
  const settled = useDeferredValue(useSettled(view, 250));
  const filter = filterOf(settled);
  const order = orderOf(settled);
  const { actions, count, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useActions(filter, order);
  const mayCancel = may('cancelMachineAction');
  const columns = useMemo(() => actionColumns(mayCancel ? setCancelling : null), [mayCancel]);

  const sortBy = (id: string) => {
    if (!(ACTION_SORTS as readonly string[]).includes(id)) return;
    change({ sort: id as ActionSort, descending: view.sort === id ? !view.descending : id.endsWith('Utc') });
  };

  return (
    <div className="page actions-page">
      <PageHeading unseen>Action center</PageHeading>
      <ActionsToolbar view={view} change={change} filter={filter} />
      <StrangersNote strangers={strange} />
      <div className="summary">
        <p role="status">{isPending ? 'Reading …' : counted(count, 'action')}</p>
        {isNarrowedActions(view) ? (
          <Button look="quiet" icon="cross" onPress={() => change(ALL_ACTIONS)}>
            Show all
          </Button>
        ) : null}
        <ExportButtons filter={filter} order={order} count={count} />
      </div>
      {error === null ? null : (
        <ProblemNote
          error={error}
          what="The actions cannot be shown as the filter says."
          again={() => void refetch()}
        />
      )}
      <div className="list">
        {actions.length > 0 ? (
          <Grid
            label="Actions"
            look="actions"
            rows={actions}
            columns={columns}
            idOf={(action) => action.id}
            nameOf={(action) => spelledOut(action.computerDnsName ?? action.machineId)}
            height={{ wide: 38, medium: 54, narrow: 112 }}
            sort={{ id: view.sort, descending: view.descending, change: sortBy }}
            selection={null}
            onOpen={(action) => navigate(`/machines/${action.machineId}`)}
            onEnd={hasNextPage && !isFetchingNextPage ? fetchNextPage : undefined}
          />
        ) : isPending || error !== null ? null : isNarrowedActions(view) ? (
          <Empty title="No action matches.">
            <Button onPress={() => change(ALL_ACTIONS)}>Show all</Button>
          </Empty>
        ) : (
          <Empty title="Nothing was done yet.">
            <p>Actions of the console, of the command and of playbooks all appear here.</p>
          </Empty>
        )}
      </div>
      {cancelling === null ? null : (
        <Suspense>
          <CancelDialog action={cancelling} onClose={() => setCancelling(null)} />
        </Suspense>
      )}
    </div>
  );
}
