import type { ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';

interface Props<T> {
  readonly title: string;
  readonly lead: string;
  readonly query: {
    readonly data: readonly T[] | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  /** Words of the button that makes one; null where the person may not. */
  readonly create: string | null;
  readonly onCreate: () => void;
  readonly empty: string;
  readonly columns: readonly string[];
  readonly row: (entry: T) => ReactNode;
  readonly children?: ReactNode;
}

/** One kind of access: what it is for, what there is, how to make one. */
export function Section<T>({
  title,
  lead,
  query,
  create,
  onCreate,
  empty,
  columns,
  row,
  children,
}: Props<T>) {
  return (
    <section className="access" aria-label={title}>
      <header>
        <p>{lead}</p>
        {create === null ? null : (
          <Button look="main" icon="plus" onPress={onCreate}>
            {create}
          </Button>
        )}
      </header>
      {query.error === null ? null : (
        <ProblemNote
          error={query.error}
          what={`${title} cannot be shown.`}
          again={() => void query.refetch()}
        />
      )}
      {query.data === undefined ? null : query.data.length === 0 ? (
        <Empty title={empty} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by the keyboard
        <section className="wide" aria-label={`${title}, table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
                <th scope="col">
                  <span className="unseen">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>{query.data.map(row)}</tbody>
          </table>
        </section>
      )}
      {children}
    </section>
  );
}
