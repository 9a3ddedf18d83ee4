import { useState } from 'react';
import type { WireRole } from '../../../src/contract/cordon.ts';
import { ROLE_PERMISSIONS, type RolePermission } from '../../../src/contract/permissions.ts';
import { announce } from '../parts/announce.tsx';
import { Field } from '../parts/fields.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { GrantedList } from './granted.tsx';
import { useChangeAccess } from './read.ts';
import { TickList } from './tick-list.tsx';

/** What people may do. */
export function Roles() {
  return (
    <GrantedList<WireRole>
      path="roles"
      title="Roles"
      noun="role"
      lead="A role says what people may do. It is given to a person, or to a group of the identity provider."
      empty="There is no role yet, so nobody but the local administrator may do anything."
      columns={['Role', 'Allows', 'People and groups']}
      cells={({ name, permissions }) => (
        <>
          <th scope="row">
            <Text value={name} />
          </th>
          <td>{permissions.join(', ')}</td>
        </>
      )}
      what={({ name }) => `the role ${spelledOut(name)}`}
      needs={{
        create: 'createRole',
        change: 'changeRole',
        delete: 'deleteRole',
        assign: 'assignRole',
        unassign: 'unassignRole',
      }}
      deleted={({ name }) => (
        <>
          Whoever has the role <Text value={name} /> loses at once what it allows.
        </>
      )}
      form={(role, onClose) => <RoleForm role={role} onClose={onClose} />}
    />
  );
}

/** What a new role allows at first. */
const USUAL: readonly RolePermission[] = ['View data'];

function RoleForm({ role, onClose }: { readonly role: WireRole | null; readonly onClose: () => void }) {
  const change = useChangeAccess('roles');
  const [name, setName] = useState(role?.name ?? '');
  const [permissions, setPermissions] = useState((role?.permissions ?? USUAL) as readonly RolePermission[]);
  const submit = async () => {
    if (role === null) await change('roles', { method: 'POST', body: { name: name.trim(), permissions } });
    else await change(`roles/${role.id}`, { method: 'PATCH', body: { name: name.trim(), permissions } });
    announce(`The role ${spelledOut(name.trim())} is ${role === null ? 'made' : 'changed'}.`);
    onClose();
  };
  return (
    <FormDialog
      title={role === null ? 'New role' : `Change the role ${spelledOut(role.name)}`}
      verb={role === null ? 'Make it' : 'Keep the changes'}
      disabled={name.trim() === '' || permissions.length === 0}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field label="Name" value={name} onChange={setName} maxLength={120} autoFocus isRequired />
      <TickList label="Allows" values={ROLE_PERMISSIONS} chosen={permissions} onChange={setPermissions} />
    </FormDialog>
  );
}
