import type { ReactNode } from 'react';
import { asProblem, isPassing } from '../wire/problem.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { Text } from './text.tsx';

interface Props {
  readonly error: unknown;
  /** What came to nothing: "The machines cannot be shown." */
  readonly what: string;
  readonly again?: () => void;
  /** What else a person can do. */
  readonly children?: ReactNode;
}

/** Says what came to nothing, why in the server's words, and what to do. */
export function ProblemNote({ error, what, again, children }: Props) {
  const problem = asProblem(error);
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p className="what">{what}</p>
        <p>
          <Text value={sentenceOf(problem.message)} /> {advice(problem.status)}
        </p>
        {children}
        {problem.correlation === null ? null : (
          <p className="correlation">
            Correlation id for the server’s log: <code>{problem.correlation}</code>
          </p>
        )}
        {again !== undefined && isPassing(problem) ? <Button onPress={again}>Try again</Button> : null}
      </div>
    </div>
  );
}

/** Some of the API's messages end without a point, as the vendor's do. */
const sentenceOf = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

function advice(status: number): string {
  if (status === 0) return 'Check the network; the page goes on by itself when the server answers again.';
  if (status === 403) return 'Ask an administrator for the permission that is named.';
  if (status === 404) return 'It was removed, or it is in a device group that you do not see.';
  if (status === 429) return 'Wait a moment and try again.';
  return '';
}
