import { Link } from 'wouter';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { Ago } from '../parts/ago.tsx';
import { AssuranceBadge, Badge, ModeBadge, StatusBadge } from '../parts/badge.tsx';
import type { GridColumn } from '../parts/grid-model.ts';
import { Text } from '../parts/text.tsx';
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
      {action === null ? null : <StatusBadge status={action.status} />}
    </>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  const [first, second, ...more] = tags;
  return (
    <>
      {[first, second].map((tag) =>
        tag === undefined ? null : (
          <span key={tag} className="tag">
            <Text value={tag} clip />
          </span>
        ),
      )}
      {more.length === 0 ? null : <span className="more">+{more.length}</span>}
    </>
  );
}

/** Columns of the list of machines; those that sort have the names of sorts. */
export const MACHINE_COLUMNS: readonly GridColumn<Row>[] = [
  {
    id: 'name',
    title: 'Machine',
    sortable: true,
    cell: (row) => (
      <Link href={`/machines/${row.id}`} tabIndex={-1} className="name">
        <Text value={row.computerDnsName} clip />
      </Link>
    ),
  },
  { id: 'state', title: 'App execution', sortable: true, cell: (row) => <State row={row} /> },
  {
    id: 'lastSeen',
    title: 'Last seen',
    sortable: true,
    cell: (row) => (
      <>
        {hasFlag(row, 'offline') ? <Badge word="Offline" tone="warning" icon="warning" /> : null}
        <Ago at={row.lastSeen} />
      </>
    ),
  },
  {
    id: 'platform',
    title: 'Platform',
    sortable: true,
    cell: (row) => (
      <Text value={[row.osPlatform, row.version ?? row.osVersion ?? ''].join(' ').trim()} clip />
    ),
  },
  {
    id: 'group',
    title: 'Group',
    sortable: true,
    cell: (row) =>
      row.rbacGroupName === null ? (
        <span className="none">none</span>
      ) : (
        <Text value={row.rbacGroupName} clip />
      ),
  },
  { id: 'tags', title: 'Tags', sortable: false, cell: (row) => <Tags tags={row.machineTags} /> },
  {
    id: 'address',
    title: 'Address',
    sortable: true,
    cell: (row) => <code>{row.lastIpAddress ?? ''}</code>,
  },
];
