import { type ReactNode, useState } from 'react';
import type { OperationId } from '../../../src/contract/operations.ts';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useMay } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { Principals } from './principals.tsx';
import { useAccess, useChangeAccess } from './read.ts';
import { Section } from './section.tsx';

/** What is given to people and groups of the identity provider. */
export interface Granted {
  readonly id: string | number;
  readonly name: string;
  readonly principals: readonly string[];
}

interface Props<T extends Granted> {
  /** Path below `/cordon/v1`. */
  readonly path: string;
  readonly title: string;
  /** "role" */
  readonly noun: string;
  readonly lead: string;
  readonly empty: string;
  /** Titles of the cells, and of those who have it. */
  readonly columns: readonly string[];
  readonly cells: (granted: T) => ReactNode;
  /** What a person gets with it: "the role responders". */
  readonly what: (granted: T) => string;
  readonly needs: Readonly<Record<'create' | 'change' | 'delete' | 'assign' | 'unassign', OperationId>>;
  /** What comes of it when one is deleted. */
  readonly deleted: (granted: T) => ReactNode;
  /** The dialog that changes one, or makes one where that is null. */
  readonly form: (granted: T | null, onClose: () => void) => ReactNode;
}

/** All of one kind, with whom each is given to: made, changed, given, taken and deleted. */
export function GrantedList<T extends Granted>(props: Props<T>) {
  const { path, title, noun, lead, empty, columns, cells, what, needs, deleted, form } = props;
  const may = useMay();
  const query = useAccess<T>(path);
  const change = useChangeAccess(path);
  /** What is being changed; `new` for one that is made. */
  const [editing, setEditing] = useState<T | 'new' | null>(null);
  const [deleting, setDeleting] = useState<T | null>(null);
  const principals = (granted: T) => `${path}/${granted.id}/principals`;
  return (
    <Section
      title={title}
      lead={lead}
      query={query}
      create={may(needs.create) ? `New ${noun}` : null}
      onCreate={() => setEditing('new')}
      empty={empty}
      columns={columns}
      row={(granted) => (
        <tr key={granted.id}>
          {cells(granted)}
          <td>
            <Principals
              principals={granted.principals}
              what={what(granted)}
              add={
                may(needs.assign)
                  ? (principal) => change(principals(granted), { method: 'POST', body: { principal } })
                  : null
              }
              remove={
                may(needs.unassign)
                  ? (principal) =>
                      change(`${principals(granted)}/${encodeURIComponent(principal)}`, { method: 'DELETE' })
                  : null
              }
            />
          </td>
          <td className="buttons">
            {may(needs.change) ? (
              <Button
                look="quiet"
                aria-label={`Change the ${noun} ${spelledOut(granted.name)}`}
                onPress={() => setEditing(granted)}
              >
                Change
              </Button>
            ) : null}
            {may(needs.delete) ? (
              <Button
                look="quiet"
                aria-label={`Delete the ${noun} ${spelledOut(granted.name)}`}
                onPress={() => setDeleting(granted)}
              >
                Delete
              </Button>
            ) : null}
          </td>
        </tr>
      )}
    >
      {editing === null ? null : form(editing === 'new' ? null : editing, () => setEditing(null))}
      {deleting === null ? null : (
        <FormDialog
          title={`Delete a ${noun}`}
          verb="Delete"
          danger
          onClose={() => setDeleting(null)}
          onSubmit={async () => {
            await change(`${path}/${deleting.id}`, { method: 'DELETE' });
            announce(`The ${noun} ${spelledOut(deleting.name)} is deleted.`);
            setDeleting(null);
          }}
        >
          <p>{deleted(deleting)}</p>
        </FormDialog>
      )}
    </Section>
  );
}
