import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { isNotDone } from '../control/words.ts';
import { Ago } from '../parts/ago.tsx';
import { AssuranceBadge, Badge, ModeBadge, OfflineBadge, StatusBadge } from '../parts/badge.tsx';
import type { GridColumn } from '../parts/grid-model.ts';
import { RowLink } from '../parts/row-link.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { codeExecution, hasFlag } from './flags.ts';

type Row = WireMachineSummary;

function State({ row }: { readonly row: Row }) {
  const control = codeExecution(row);
  const action = row.activeAction;
  return (
    <>
      <ModeBadge mode={control?.mode ?? 'unmanaged'} assurance={control?.assurance ?? 'unmanaged'} />
      {control === null || control.assurance === 'changing' ? null : (
        <AssuranceBadge assurance={control.assurance} />
      )}
      {control !== null && isNotDone(control) ? (
        <Badge word="Not done" tone="warning" icon="warning" />
      ) : null}
      {action === null ? null : <StatusBadge status={action.status} />}
    </>
  );
}

/** Tags that a row of a wide screen has room for. */
const FEW = 2;

function Tags({ tags }: { readonly tags: readonly string[] }) {
  const more = tags.slice(FEW);
  return (
    <span className="tags" title={tags.map(spelledOut).join(', ')}>
      {tags.slice(0, FEW).map((tag) => (
        <span key={tag} className="tag">
          <Text value={tag} clip />
        </span>
      ))}
      {more.length === 0 ? null : <span className="more">+{more.length}</span>}
    </span>
  );
}

const platformOf = (row: Row): string =>
  [row.osPlatform, row.version ?? row.osVersion ?? ''].join(' ').trim();

/** What a phone has no columns for, in one line. */
function More({ row }: { readonly row: Row }) {
  const { rbacGroupName, lastIpAddress, machineTags } = row;
  const told = [rbacGroupName, ...machineTags, platformOf(row), lastIpAddress];
  return <Text value={told.filter((one) => one !== null && one !== '').join(' · ')} clip />;
}

/** Columns of the list of machines; those that sort have the names of sorts. */
export const MACHINE_COLUMNS: readonly GridColumn<Row>[] = [
  {
    id: 'name',
    title: 'Machine',
    sortable: true,
    cell: (row) => (
      <RowLink to={`/machines/${row.id}`}>
        <Text value={row.computerDnsName} clip />
      </RowLink>
    ),
  },
  { id: 'state', title: 'App execution', sortable: true, cell: (row) => <State row={row} /> },
  {
    id: 'lastSeen',
    title: 'Last seen',
    sortable: true,
    cell: (row) => (
      <>
        {hasFlag(row, 'offline') ? <OfflineBadge /> : null}
        <Ago at={row.lastSeen} />
      </>
    ),
  },
  {
    id: 'platform',
    title: 'Platform',
    sortable: true,
    only: 'wide',
    cell: (row) => <Text value={platformOf(row)} clip />,
  },
  {
    id: 'group',
    title: 'Group',
    sortable: true,
    only: 'wide',
    cell: (row) =>
      row.rbacGroupName === null ? (
        <span className="none">none</span>
      ) : (
        <Text value={row.rbacGroupName} clip />
      ),
  },
  {
    id: 'tags',
    title: 'Tags',
    sortable: false,
    only: 'wide',
    cell: (row) => <Tags tags={row.machineTags} />,
  },
  {
    id: 'address',
    title: 'Address',
    sortable: true,
    only: 'wide',
    cell: (row) => <code>{row.lastIpAddress ?? ''}</code>,
  },
  { id: 'more', title: 'More', sortable: false, only: 'narrow', cell: (row) => <More row={row} /> },
];
