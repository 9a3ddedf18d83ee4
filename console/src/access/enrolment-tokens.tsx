import { useState } from 'react';
import type {
  WireEnrolmentToken,
  WireEnrolmentTokenCreated,
  WireGroup,
} from '../../../src/contract/cordon.ts';
import { announce } from '../parts/announce.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/fields.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useNow } from '../parts/now.ts';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { enrolCommand } from './enrol-command.ts';
import { useAccess, useChangeAccess } from './read.ts';
import { SecretDialog } from './secret.tsx';
import { Section } from './section.tsx';

/** What lets a device become a machine. */
export function EnrolmentTokens() {
  const may = useMay();
  const now = useNow();
  const query = useAccess<WireEnrolmentToken>('enrolmenttokens');
  const change = useChangeAccess('enrolmenttokens');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<WireEnrolmentTokenCreated | null>(null);
  return (
    <Section
      title="Enrolment tokens"
      lead="With a token the agent on a device joins it to this installation. A token serves as often, and as long, as it says."
      query={query}
      create={may('createEnrolmentToken') ? 'New enrolment token' : null}
      onCreate={() => setMaking(true)}
      empty="There is no token. Make one to enrol a device."
      columns={['Token', 'State', 'Ends', 'Made by']}
      row={(token) => (
        <tr key={token.id}>
          <th scope="row">
            <code className="id">{token.id}</code>
            {token.machineId === null ? null : (
              <span className="none">to replace the key of {token.machineId.slice(0, 12)}…</span>
            )}
          </th>
          <td>
            <State token={token} now={now} />
          </td>
          <td>
            <Time at={token.expiresAt} />
          </td>
          <td>
            <Text value={token.createdBy} />
          </td>
          <td className="buttons">
            {isUsable(token, now) && may('revokeEnrolmentToken') ? (
              <Button
                look="quiet"
                aria-label={`Revoke the token ${token.id}`}
                onPress={() =>
                  void change(`enrolmenttokens/${token.id}`, { method: 'DELETE' }).then(
                    () => announce('The token is revoked.'),
                    (error: Error) => announce(`The token is not revoked: ${error.message}`),
                  )
                }
              >
                Revoke
              </Button>
            ) : null}
          </td>
        </tr>
      )}
    >
      {making ? (
        <NewToken
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMaking(false);
            setMade(token);
          }}
        />
      ) : null}
      {made === null ? null : (
        <SecretDialog
          title="The enrolment token"
          onClose={() => setMade(null)}
          values={[
            {
              label: 'On the device, as root',
              text: enrolCommand(made.token, location.origin),
              what: 'the command',
            },
            { label: 'The token alone', text: made.token, what: 'the token' },
          ]}
        >
          <p className="note">
            It ends <Time at={made.expiresAt} />. Then see on the page Machines whether the device has come.
          </p>
        </SecretDialog>
      )}
    </Section>
  );
}

const isUsable = (token: WireEnrolmentToken, now: number): boolean =>
  token.revokedAt === null && token.usesLeft > 0 && Date.parse(token.expiresAt) > now;

function State({ token, now }: { readonly token: WireEnrolmentToken; readonly now: number }) {
  if (token.revokedAt !== null) return <Badge word="Revoked" tone="calm" />;
  if (token.usesLeft === 0) return <Badge word="Used" tone="calm" />;
  if (Date.parse(token.expiresAt) <= now) return <Badge word="Over" tone="calm" />;
  return (
    <Badge
      word={token.usesLeft === 1 ? 'Good for one device' : `Good for ${token.usesLeft} devices`}
      tone="good"
    />
  );
}

const LASTING = [
  { value: '60', word: '1 hour' },
  { value: '480', word: '8 hours' },
  { value: '1440', word: '1 day' },
  { value: '10080', word: '7 days' },
] as const;

function NewToken({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (made: WireEnrolmentTokenCreated) => void;
}) {
  const may = useMay();
  const groups = useAccess<WireGroup>('groups', may('listGroups'));
  const change = useChangeAccess('enrolmenttokens');
  const [uses, setUses] = useState('1');
  const [minutes, setMinutes] = useState<string>('60');
  const [group, setGroup] = useState('');
  const count = /^\d{1,6}$/.test(uses.trim()) ? Number(uses) : 0;
  const wrong = count < 1 || count > 100_000;
  return (
    <FormDialog
      title="New enrolment token"
      verb="Make it"
      disabled={wrong}
      onClose={onClose}
      onSubmit={async () =>
        onMade(
          await change<WireEnrolmentTokenCreated>('enrolmenttokens', {
            method: 'POST',
            body: { uses: count, minutes: Number(minutes), ...(group === '' ? {} : { group }) },
          }),
        )
      }
    >
      <Field
        label="Devices"
        value={uses}
        onChange={setUses}
        inputMode="numeric"
        autoFocus
        help="How many devices may use it."
        error={wrong ? 'A whole number from 1 to 100,000.' : undefined}
      />
      <Choice label="Good for" value={minutes} choices={LASTING} onChange={setMinutes} />
      {may('listGroups') ? (
        <Choice
          label="Device group"
          value={group}
          choices={[
            { value: '', word: 'As the rules of the groups say' },
            ...(groups.data ?? []).map(({ name }) => ({ value: name, word: spelledOut(name) })),
          ]}
          onChange={setGroup}
        />
      ) : null}
    </FormDialog>
  );
}
