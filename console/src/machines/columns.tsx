import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { failureWord, isNotDone, STATUS_TONES } from '../control/words.ts';
import { Ago } from '../parts/ago.tsx';
import { Badge, OfflineBadge, StandingBadge, StatusBadge } from '../parts/badge.tsx';
import type { GridColumn } from '../parts/grid-model.ts';
import { RowLink } from '../parts/row-link.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { codeExecution, failureOf, hasFlag } from './flags.ts';

type Row = WireMachineSummary;

function State({ row }: { readonly row: Row }) {
  const control = codeExecution(row);
  const action = row.activeAction;
  const failure = failureOf(row);
  return (
    <>
      <StandingBadge mode={control?.mode ?? 'unmanaged'} assurance={control?.assurance ?? 'unmanaged'} />
      {failure !== null ? (
        <Badge word={failureWord(failure, control)} tone={STATUS_TONES[failure.status]} icon="cross" />
      ) : control !== null && isNotDone(control) && action === null ? (
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

/** What a smaller screen has no columns for, in one line. */
function Line({ told }: { readonly told: readonly (string | null)[] }) {
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
    on: ['wide', 'medium'],
    cell: (row) => <Text value={platformOf(row)} clip />,
  },
  {
    id: 'group',
    title: 'Group',
    sortable: true,
    on: ['wide', 'medium'],
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
    on: ['wide'],
    cell: (row) => <Tags tags={row.machineTags} />,
  },
  {
    id: 'address',
    title: 'Address',
    sortable: true,
    on: ['wide'],
    cell: (row) => <code>{row.lastIpAddress ?? ''}</code>,
  },
  {
    id: 'beside',
    title: 'More',
    sortable: false,
    gathers: true,
    on: ['medium'],
    cell: (row) => <Line told={[row.lastIpAddress, ...row.machineTags]} />,
  },
  {
    id: 'more',
    title: 'More',
    sortable: false,
    on: ['narrow'],
    cell: (row) => (
      <Line told={[row.rbacGroupName, ...row.machineTags, platformOf(row), row.lastIpAddress]} />
    ),
  },
];
