import { useState } from 'react';
import type { WireGroup } from '../../../src/contract/cordon.ts';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/fields.tsx';
import { Text } from '../parts/text.tsx';
import { useMay } from '../session/session.ts';
import { spelledOut } from '../text/visible.ts';
import { FormDialog } from './form-dialog.tsx';
import { Principals } from './principals.tsx';
import { useAccess, useChangeAccess } from './read.ts';
import { Section } from './section.tsx';

/** Which machines people see. */
export function Groups() {
  const may = useMay();
  const query = useAccess<WireGroup>('groups');
  const change = useChangeAccess('groups');
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<WireGroup | null>(null);
  return (
    <Section
      title="Device groups"
      lead="A machine is in the first group whose rules fit it. Who is given a group sees its machines; a group of nobody is seen by all."
      query={query}
      create={may('createGroup') ? 'New group' : null}
      onCreate={() => setMaking(true)}
      empty="There is no group: everybody sees every machine."
      columns={['Rank', 'Group', 'Rules', 'Seen by']}
      row={(group) => (
        <tr key={group.id}>
          <td>{group.rank}</td>
          <th scope="row">
            <Text value={group.name} />
          </th>
          <td>
            {group.rules.length === 0 ? (
              <span className="none">none: machines are put into it by hand</span>
            ) : (
              <Text value={group.rules.map(ruleWords).join(', and ')} />
            )}
          </td>
          <td>
            <Principals
              principals={group.principals}
              what={`sight of ${spelledOut(group.name)}`}
              add={
                may('assignGroup')
                  ? (principal) =>
                      change(`groups/${group.id}/principals`, { method: 'POST', body: { principal } })
                  : null
              }
              remove={
                may('unassignGroup')
                  ? (principal) =>
                      change(`groups/${group.id}/principals/${encodeURIComponent(principal)}`, {
                        method: 'DELETE',
                      })
                  : null
              }
            />
          </td>
          <td className="buttons">
            {may('deleteGroup') ? (
              <Button
                look="quiet"
                aria-label={`Delete the group ${spelledOut(group.name)}`}
                onPress={() => setDeleting(group)}
              >
                Delete
              </Button>
            ) : null}
          </td>
        </tr>
      )}
    >
      {making ? <NewGroup onClose={() => setMaking(false)} /> : null}
      {deleting === null ? null : (
        <FormDialog
          title="Delete a device group"
          verb="Delete"
          danger
          onClose={() => setDeleting(null)}
          onSubmit={async () => {
            await change(`groups/${deleting.id}`, { method: 'DELETE' });
            announce(`The group ${spelledOut(deleting.name)} is deleted.`);
            setDeleting(null);
          }}
        >
          <p>
            Machines of <Text value={deleting.name} /> go to the next group whose rules fit, or to none, and
            may then be seen by other people.
          </p>
        </FormDialog>
      )}
    </Section>
  );
}

const OPERATORS = ['startsWith', 'endsWith', 'contains', 'equals'] as const;
const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
  equals: 'is',
};
const PROPERTIES = ['name', 'domain', 'tag', 'osPlatform'] as const;
const PROPERTY_WORDS: Readonly<Record<string, string>> = {
  name: 'name',
  domain: 'domain',
  tag: 'tag',
  osPlatform: 'platform',
};

const ruleWords = ({ property, operator, values }: WireGroup['rules'][number]): string =>
  `${PROPERTY_WORDS[property] ?? property} ${OPERATOR_WORDS[operator] ?? operator} ${values.join(' or ')}`;

function NewGroup({ onClose }: { readonly onClose: () => void }) {
  const change = useChangeAccess('groups');
  const [name, setName] = useState('');
  const [property, setProperty] = useState<(typeof PROPERTIES)[number]>('name');
  const [operator, setOperator] = useState<(typeof OPERATORS)[number]>('startsWith');
  const [values, setValues] = useState('');
  const wanted = values
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return (
    <FormDialog
      title="New device group"
      verb="Make it"
      disabled={name.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        const rules = wanted.length === 0 ? [] : [{ property, operator, values: wanted }];
        await change('groups', { method: 'POST', body: { name: name.trim(), rules } });
        announce(`The group ${spelledOut(name)} is made.`);
        onClose();
      }}
    >
      <Field label="Name" value={name} onChange={setName} maxLength={120} autoFocus isRequired />
      <div className="rule">
        <Choice
          label="Machines whose"
          value={property}
          choices={PROPERTIES.map((value) => ({ value, word: PROPERTY_WORDS[value]! }))}
          onChange={setProperty}
        />
        <Choice
          label="Relation"
          value={operator}
          choices={OPERATORS.map((value) => ({ value, word: OPERATOR_WORDS[value]! }))}
          onChange={setOperator}
        />
        <Field
          label="Values"
          value={values}
          onChange={setValues}
          placeholder="ws-, lt-"
          help="Several with commas. Empty: machines are put into it by hand."
        />
      </div>
    </FormDialog>
  );
}
