import { useState } from 'react';
import type { WireApplication, WireApplicationCreated } from '../../../src/contract/cordon.ts';
import { APPLICATION_PERMISSIONS, type ApplicationPermission } from '../../../src/contract/permissions.ts';
import { announce } from '../parts/announce.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { useAccess, useChangeAccess } from './read.ts';
import { SecretDialog } from './secret.tsx';
import { Section } from './section.tsx';
import { TickList } from './tick-list.tsx';

/** What a playbook that restricts and releases needs. */
const USUAL: readonly ApplicationPermission[] = ['Machine.Read.All', 'Machine.RestrictExecution'];

interface Shown {
  readonly application: Pick<WireApplication, 'id' | 'displayName'>;
  readonly tenantId: string | null;
  readonly secret: string;
}

/** Programs that call the API: playbooks, connectors. */
export function Applications() {
  const may = useMay();
  const query = useAccess<WireApplication>('applications');
  const change = useChangeAccess('applications');
  const [making, setMaking] = useState(false);
  const [editing, setEditing] = useState<WireApplication | null>(null);
  const [revoking, setRevoking] = useState<WireApplication | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);

  const addSecret = async (application: WireApplication) => {
    const { secret } = await change<{ secret: string }>(`applications/${application.id}/secrets`, {
      method: 'POST',
      body: {},
    });
    setEditing(null);
    setShown({ application, tenantId: null, secret });
  };

  return (
    <Section
      title="Applications"
      lead="A program signs in with its own id and secret, and may do what its permissions say."
      query={query}
      create={may('createApplication') ? 'New application' : null}
      onCreate={() => setMaking(true)}
      empty="No program has access yet."
      columns={['Name', 'Permissions', 'Made', 'Secrets and keys']}
      row={(application) => (
        <tr key={application.id}>
          <th scope="row">
            <Text value={application.displayName} />
            <code className="id">{application.id}</code>
            {application.revokedAt === null ? null : <Badge word="Revoked" tone="calm" />}
          </th>
          <td>{application.permissions.join(', ')}</td>
          <td>
            <Time at={application.createdAt} />
          </td>
          <td>{application.secrets.length + application.keys.length}</td>
          <td className="buttons">
            {application.revokedAt === null && may('changeApplication') ? (
              <Button
                look="quiet"
                aria-label={`Change ${spelledOut(application.displayName)}`}
                onPress={() => setEditing(application)}
              >
                Change
              </Button>
            ) : null}
            {application.revokedAt === null && may('revokeApplication') ? (
              <Button
                look="quiet"
                aria-label={`Revoke ${spelledOut(application.displayName)}`}
                onPress={() => setRevoking(application)}
              >
                Revoke
              </Button>
            ) : null}
          </td>
        </tr>
      )}
    >
      {making ? (
        <NewApplication
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setShown({ application: made, tenantId: made.tenantId, secret: made.secret });
          }}
        />
      ) : null}
      {editing === null ? null : (
        <ChangeApplication
          application={editing}
          onClose={() => setEditing(null)}
          onSecret={() => addSecret(editing)}
        />
      )}
      {revoking === null ? null : (
        <FormDialog
          title="Revoke an application"
          verb="Revoke"
          danger
          onClose={() => setRevoking(null)}
          onSubmit={async () => {
            await change(`applications/${revoking.id}`, { method: 'DELETE' });
            announce(`${spelledOut(revoking.displayName)} is revoked.`);
            setRevoking(null);
          }}
        >
          <p>
            <Text value={revoking.displayName} /> and all its tokens are refused from then on. This cannot be
            undone.
          </p>
        </FormDialog>
      )}
      {shown === null ? null : (
        <SecretDialog
          title={`The secret of ${spelledOut(shown.application.displayName)}`}
          onClose={() => setShown(null)}
          values={[
            { label: 'Secret', text: shown.secret, what: 'the secret' },
            {
              label: 'For the command and the client',
              text: [
                `export CORDON_URL=${location.origin}`,
                ...(shown.tenantId === null ? [] : [`export CORDON_TENANT=${shown.tenantId}`]),
                `export CORDON_CLIENT_ID=${shown.application.id}`,
                `export CORDON_CLIENT_SECRET=${shown.secret}`,
              ].join('\n'),
              what: 'the settings',
            },
          ]}
        />
      )}
    </Section>
  );
}

function NewApplication({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (made: WireApplicationCreated) => void;
}) {
  const change = useChangeAccess('applications');
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly ApplicationPermission[]>(USUAL);
  return (
    <FormDialog
      title="New application"
      verb="Make it"
      disabled={name.trim() === ''}
      onClose={onClose}
      onSubmit={async () =>
        onMade(
          await change<WireApplicationCreated>('applications', {
            method: 'POST',
            body: { displayName: name.trim(), permissions },
          }),
        )
      }
    >
      <Field label="Name" value={name} onChange={setName} maxLength={120} autoFocus isRequired />
      <TickList
        label="Permissions"
        values={APPLICATION_PERMISSIONS}
        chosen={permissions}
        onChange={setPermissions}
      />
    </FormDialog>
  );
}

interface ChangeProps {
  readonly application: WireApplication;
  readonly onClose: () => void;
  readonly onSecret: () => Promise<void>;
}

function ChangeApplication({ application, onClose, onSecret }: ChangeProps) {
  const may = useMay();
  const change = useChangeAccess('applications');
  const [permissions, setPermissions] = useState(application.permissions as ApplicationPermission[]);
  const [fault, setFault] = useState<string | null>(null);
  return (
    <FormDialog
      title={`Change ${spelledOut(application.displayName)}`}
      verb="Keep the permissions"
      onClose={onClose}
      onSubmit={async () => {
        await change(`applications/${application.id}`, { method: 'PATCH', body: { permissions } });
        announce(`The permissions of ${spelledOut(application.displayName)} are changed.`);
        onClose();
      }}
    >
      <TickList
        label="Permissions"
        values={APPLICATION_PERMISSIONS}
        chosen={permissions}
        onChange={setPermissions}
      />
      {may('createApplicationSecret') ? (
        <p>
          <Button icon="key" onPress={() => void onSecret().catch((error: Error) => setFault(error.message))}>
            Add a secret
          </Button>
          {fault === null ? null : <span role="alert"> {fault}</span>}
        </p>
      ) : null}
    </FormDialog>
  );
}
