import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { ACTION_TITLES, isActive } from '../control/words.ts';
import { Ago } from '../parts/ago.tsx';
import { StatusBadge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import type { GridColumn } from '../parts/grid-model.ts';
import { RowLink } from '../parts/row-link.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';

/** Columns of the action center. @param onCancel null where the person may not cancel */
export function actionColumns(
  onCancel: ((action: WireMachineAction) => void) | null,
): readonly GridColumn<WireMachineAction>[] {
  return [
    {
      id: 'computerDnsName',
      title: 'Machine',
      sortable: true,
      cell: (action) => (
        <RowLink to={`/machines/${action.machineId}`}>
          <Text value={action.computerDnsName ?? action.machineId} clip />
        </RowLink>
      ),
    },
    { id: 'type', title: 'Action', sortable: false, cell: ({ type }) => ACTION_TITLES[type] ?? type },
    {
      id: 'status',
      title: 'Status',
      sortable: true,
      cell: (action) => (
        <>
          <StatusBadge status={action.status} />
          {onCancel !== null && isActive(action.status) ? (
            <Button
              look="quiet"
              aria-label={`Cancel the action on ${spelledOut(action.computerDnsName ?? action.machineId)}`}
              onPress={() => onCancel(action)}
            >
              Cancel
            </Button>
          ) : null}
        </>
      ),
    },
    {
      id: 'creationDateTimeUtc',
      title: 'Asked for',
      sortable: true,
      cell: ({ creationDateTimeUtc }) => <Ago at={creationDateTimeUtc} />,
    },
    {
      id: 'requestor',
      title: 'By',
      sortable: false,
      on: ['wide', 'medium'],
      cell: ({ requestor }) => <Text value={requestor} clip />,
    },
    {
      id: 'comment',
      title: 'Comment',
      sortable: false,
      on: ['wide'],
      cell: ({ requestorComment }) => <Text value={requestorComment} clip />,
    },
    {
      id: 'lastUpdateDateTimeUtc',
      title: 'Changed',
      sortable: true,
      on: ['wide'],
      cell: ({ lastUpdateDateTimeUtc }) => <Ago at={lastUpdateDateTimeUtc} />,
    },
    {
      id: 'beside',
      title: 'More',
      sortable: false,
      gathers: true,
      on: ['medium'],
      cell: ({ requestorComment }) => <Text value={requestorComment} clip />,
    },
    {
      id: 'more',
      title: 'More',
      sortable: false,
      on: ['narrow'],
      cell: ({ requestor, requestorComment }) => <Text value={`${requestor}: ${requestorComment}`} clip />,
    },
  ];
}
