import { Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { ActionTypeName } from '../../../src/contract/control.ts';
import { ActionDialog } from '../action/late-dialogs.ts';
import { ACTION_TITLES, isFree } from '../control/words.ts';
import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Grid } from '../parts/grid.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { StrangersNote } from '../parts/strangers-note.tsx';
import { useTitle } from '../parts/title.ts';
import { useView } from '../parts/use-view.ts';
import { useMay } from '../session/session.ts';
import { counted, grouped } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import { MACHINES_MAXIMUM } from '../wire/headers.ts';
import { MACHINE_COLUMNS } from './columns.tsx';
import { choicesOf, filterMachines } from './filter.ts';
import { codeExecution } from './flags.ts';
import { SORTS, type SortName } from './sort.ts';
import { useMachinesTable } from './table.ts';
import { MachinesToolbar } from './toolbar.tsx';
import { useFleet } from './use-fleet.ts';
import {
  EVERYTHING,
  isNarrowed,
  MACHINES_UNDERSTOOD,
  orderOf,
  readMachinesView,
  writeMachinesView,
} from './view.ts';

const NONE: readonly never[] = [];
/** Rows that are filtered, ordered and drawn within a frame. */
const FEW = 500;

/** All machines: find, see, select, act. */
export function MachinesPage() {
  useTitle('Machines');
  const may = useMay();
  const [, navigate] = useLocation();
  const [view, change, strange] = useView(readMachinesView, writeMachinesView, MACHINES_UNDERSTOOD);
  const { data, error, isPending, refetch } = useFleet();
  const rows = data?.rows ?? NONE;
  // Of a few rows the list is as soon as the letter; a second drawing would only come later.
  const deferred = useDeferredValue(rows.length > FEW ? view : null) ?? view;
  const complete = data?.complete !== false;
  const filtered = useMemo(() => filterMachines(rows, deferred), [rows, deferred]);
  const choices = useMemo(() => choicesOf(rows), [rows]);
  const table = useMachinesTable(filtered.rows, deferred.sort, deferred.descending);
  const [asking, setAsking] = useState<ActionTypeName | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const toList = () =>
    list.current?.querySelector<HTMLElement>('.scroller [role=row][tabindex="0"]')?.focus();
  const returning = useRef(false);
  const mayAct = may('requestActions');
  const asked = data?.first === orderOf(view);
  const known = `${complete ? '' : 'the first '}${counted(rows.length, 'machine')}`;

  // A machine that is gone is not acted on.
  const { keep } = table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the fleet is decides
  useEffect(() => {
    if (data?.complete === true && table.selected.length > 0) keep(new Set(rows.map(({ id }) => id)));
  }, [rows]);

  // What had the focus goes with the selection: whoever works by keyboard goes on in the list.
  useEffect(() => {
    if (!returning.current || asking !== null || table.selected.length > 0) return;
    returning.current = false;
    // A dialog gives the focus back in the next frame.
    requestAnimationFrame(() => requestAnimationFrame(toList));
  });
  const leave = () => {
    returning.current = true;
    table.clear();
  };

  const targets = useMemo(() => {
    const chosen = new Set(table.selected);
    return rows
      .filter(({ id }) => chosen.has(id))
      .map((row) => ({ id: row.id, name: row.computerDnsName, free: isFree(codeExecution(row)) }));
  }, [rows, table.selected]);

  const sortBy = (id: string) => {
    if (!(SORTS as readonly string[]).includes(id)) return;
    change({ sort: id as SortName, descending: view.sort === id && !view.descending });
  };

  return (
    <div className="page machines-page">
      <PageHeading unseen>Machines</PageHeading>
      <MachinesToolbar
        view={view}
        change={change}
        choices={choices}
        counts={complete ? filtered.counts : null}
        onDown={toList}
      />
      <StrangersNote strangers={strange} />
      <div className="summary">
        <p role="status">
          {isNarrowed(deferred) ? `${grouped(filtered.rows.length)} of ${known}` : known}
          {complete
            ? ''
            : `. All ${grouped(data?.count ?? 0)} are being read …${asked ? '' : ' Until then these alone are in order.'}`}
        </p>
        {isNarrowed(view) ? (
          <Button look="quiet" icon="cross" onPress={() => change(EVERYTHING)}>
            Show all
          </Button>
        ) : null}
      </div>
      {error !== null && rows.length > 0 ? (
        <p className="stale" role="status">
          The server does not answer; what you see may be old. The page tries again by itself.
        </p>
      ) : null}
      <div className="list" ref={list}>
        {rows.length === 0 ? (
          <Nothing pending={isPending} error={error} again={() => void refetch()} />
        ) : filtered.rows.length === 0 ? (
          <Empty title={complete ? 'No machine matches.' : `None of ${known} matches yet.`}>
            <Button onPress={() => change(EVERYTHING)}>
              Show all {counted(data?.count ?? 0, 'machine')}
            </Button>
          </Empty>
        ) : (
          <Grid
            label="Machines"
            look="machines"
            rows={table.shown}
            columns={MACHINE_COLUMNS}
            idOf={(row) => row.id}
            nameOf={(row) => spelledOut(row.computerDnsName)}
            height={{ wide: 38, medium: 54, narrow: 104 }}
            sort={{ id: view.sort, descending: view.descending, change: sortBy }}
            selection={mayAct ? { ...table, toggleAll: complete ? table.toggleAll : null } : null}
            onOpen={(row) => navigate(`/machines/${row.id}`)}
          />
        )}
      </div>
      {table.selected.length > 0 ? (
        <Selection
          count={targets.length}
          hidden={table.hidden}
          matching={filtered.rows.length}
          onAsk={setAsking}
          onClear={leave}
        />
      ) : null}
      {asking === null ? null : (
        <Suspense>
          <ActionDialog type={asking} targets={targets} onClose={() => setAsking(null)} onDone={leave} />
        </Suspense>
      )}
    </div>
  );
}

function Nothing({
  pending,
  error,
  again,
}: {
  readonly pending: boolean;
  readonly error: unknown;
  readonly again: () => void;
}) {
  if (error !== null) return <ProblemNote error={error} what="The machines cannot be shown." again={again} />;
  if (pending) return <Empty title="Reading the machines …" />;
  return (
    <Empty title="There is no machine yet, or none in a device group that you see.">
      <p>
        An administrator makes an enrolment token on the page <em>Access</em>, and the agent takes it on the
        device.
      </p>
    </Empty>
  );
}

interface SelectionProps {
  readonly count: number;
  readonly hidden: number;
  readonly matching: number;
  readonly onAsk: (type: ActionTypeName) => void;
  readonly onClear: () => void;
}

/** What can be done with what is selected. */
function Selection({ count, hidden, matching, onAsk, onClear }: SelectionProps) {
  const tooMany = count > MACHINES_MAXIMUM;
  return (
    <section className="selection" aria-label="Selection">
      <p role="status">
        <strong>{counted(count, 'machine')} selected</strong>
        {hidden > 0 ? `, ${grouped(hidden)} of them not in view` : ''}
        {tooMany
          ? `. One request takes at most ${MACHINES_MAXIMUM}: take some away.`
          : count === MACHINES_MAXIMUM && matching > count
            ? `: the first of ${grouped(matching)} that match. One request takes at most ${MACHINES_MAXIMUM}; narrow the list, or do the others afterwards.`
            : ''}
      </p>
      <div className="buttons">
        <Button look="main" icon="lock" isDisabled={tooMany} onPress={() => onAsk('RestrictCodeExecution')}>
          {ACTION_TITLES.RestrictCodeExecution}
        </Button>
        <Button icon="unlock" isDisabled={tooMany} onPress={() => onAsk('UnrestrictCodeExecution')}>
          {ACTION_TITLES.UnrestrictCodeExecution}
        </Button>
        <Button look="quiet" onPress={onClear}>
          Clear
        </Button>
      </div>
    </section>
  );
}
