import { useState } from 'react';
import type { WireRole } from '../../../src/contract/cordon.ts';
import { ROLE_PERMISSIONS, type RolePermission } from '../../../src/contract/permissions.ts';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { Text } from '../parts/text.tsx';
import { useMay } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { FormDialog } from './form-dialog.tsx';
import { Principals } from './principals.tsx';
import { useAccess, useChangeAccess } from './read.ts';
import { Section } from './section.tsx';
import { TickList } from './tick-list.tsx';

/** What people may do. */
export function Roles() {
  const may = useMay();
  const query = useAccess<WireRole>('roles');
  const change = useChangeAccess('roles');
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<WireRole | null>(null);
  return (
    <Section
      title="Roles"
      lead="A role says what people may do. It is given to a person, or to a group of the identity provider."
      query={query}
      create={may('createRole') ? 'New role' : null}
      onCreate={() => setMaking(true)}
      empty="There is no role yet, so nobody but the local administrator may do anything."
      columns={['Role', 'Allows', 'People and groups']}
      row={(role) => (
        <tr key={role.id}>
          <th scope="row">
            <Text value={role.name} />
          </th>
          <td>{role.permissions.join(', ')}</td>
          <td>
            <Principals
              principals={role.principals}
              what={`the role ${spelledOut(role.name)}`}
              add={
                may('assignRole')
                  ? (principal) =>
                      change(`roles/${role.id}/principals`, { method: 'POST', body: { principal } })
                  : null
              }
              remove={
                may('unassignRole')
                  ? (principal) =>
                      change(`roles/${role.id}/principals/${encodeURIComponent(principal)}`, {
                        method: 'DELETE',
                      })
                  : null
              }
            />
          </td>
          <td className="buttons">
            {may('deleteRole') ? (
              <Button
                look="quiet"
                aria-label={`Delete the role ${spelledOut(role.name)}`}
                onPress={() => setDeleting(role)}
              >
                Delete
              </Button>
            ) : null}
          </td>
        </tr>
      )}
    >
      {making ? <NewRole onClose={() => setMaking(false)} /> : null}
      {deleting === null ? null : (
        <FormDialog
          title="Delete a role"
          verb="Delete"
          danger
          onClose={() => setDeleting(null)}
          onSubmit={async () => {
            await change(`roles/${deleting.id}`, { method: 'DELETE' });
            announce(`The role ${spelledOut(deleting.name)} is deleted.`);
            setDeleting(null);
          }}
        >
          <p>
            Whoever has <Text value={deleting.name} /> loses at once what it allows.
          </p>
        </FormDialog>
      )}
    </Section>
  );
}

function NewRole({ onClose }: { readonly onClose: () => void }) {
  const change = useChangeAccess('roles');
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly RolePermission[]>(['View data']);
  return (
    <FormDialog
      title="New role"
      verb="Make it"
      disabled={name.trim() === '' || permissions.length === 0}
      onClose={onClose}
      onSubmit={async () => {
        await change('roles', { method: 'POST', body: { name: name.trim(), permissions } });
        announce(`The role ${spelledOut(name)} is made.`);
        onClose();
      }}
    >
      <Field label="Name" value={name} onChange={setName} maxLength={120} autoFocus isRequired />
      <TickList label="Allows" values={ROLE_PERMISSIONS} chosen={permissions} onChange={setPermissions} />
    </FormDialog>
  );
}
