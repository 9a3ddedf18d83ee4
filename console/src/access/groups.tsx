import { useState } from 'react';
import type { WireGroup } from '../../../src/contract/cordon.ts';
import { announce } from '../parts/announce.tsx';
import { Field } from '../parts/fields.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { GrantedList } from './granted.tsx';
import { useChangeAccess } from './read.ts';
import { RuleFields } from './rule-fields.tsx';
import { NEW_RULE, rulesOf, ruleWords, type TypedRule, typedRule } from './rules.ts';

/** Which machines people see. */
export function Groups() {
  return (
    <GrantedList<WireGroup>
      path="groups"
      title="Device groups"
      noun="group"
      lead="A machine is in the group it was put into on its page, else in the first one whose rules all fit it. Who is given a group sees its machines; a group of nobody is seen by all."
      empty="There is no group: everybody sees every machine."
      columns={['Rank', 'Group', 'Rules', 'Seen by']}
      cells={({ rank, name, rules }) => (
        <>
          <td>{rank}</td>
          <th scope="row">
            <Text value={name} />
          </th>
          <td>
            {rules.length === 0 ? (
              <span className="none">none: machines are put into it by hand, on their page</span>
            ) : (
              <Text value={rules.map(ruleWords).join(', and ')} />
            )}
          </td>
        </>
      )}
      what={({ name }) => `sight of ${spelledOut(name)}`}
      needs={{
        create: 'createGroup',
        change: 'changeGroup',
        delete: 'deleteGroup',
        assign: 'assignGroup',
        unassign: 'unassignGroup',
      }}
      deleted={({ name }) => (
        <>
          Machines of <Text value={name} /> go to the next group whose rules fit, or to none, and may then be
          seen by other people.
        </>
      )}
      form={(group, onClose) => <GroupForm group={group} onClose={onClose} />}
    />
  );
}

function GroupForm({ group, onClose }: { readonly group: WireGroup | null; readonly onClose: () => void }) {
  const change = useChangeAccess('groups');
  const [name, setName] = useState(group?.name ?? '');
  const [rank, setRank] = useState(group === null ? '' : String(group.rank));
  const [rules, setRules] = useState<readonly TypedRule[]>(
    group === null ? [NEW_RULE] : group.rules.map(typedRule),
  );
  const number = /^\d{1,5}$/.test(rank.trim()) ? Number(rank) : 0;
  const wrongRank = rank.trim() !== '' && (number < 1 || number > 10_000);
  const submit = async () => {
    const body = {
      name: name.trim(),
      ...(rank.trim() === '' ? {} : { rank: number }),
      rules: rulesOf(rules),
    };
    if (group === null) await change('groups', { method: 'POST', body });
    else await change(`groups/${group.id}`, { method: 'PATCH', body });
    announce(`The group ${spelledOut(name.trim())} is ${group === null ? 'made' : 'changed'}.`);
    onClose();
  };
  return (
    <FormDialog
      title={group === null ? 'New group' : `Change the group ${spelledOut(group.name)}`}
      verb={group === null ? 'Make it' : 'Keep the changes'}
      disabled={name.trim() === '' || wrongRank}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field label="Name" value={name} onChange={setName} maxLength={120} autoFocus isRequired />
      <RuleFields rules={rules} onChange={setRules} />
      <Field
        label="Rank"
        value={rank}
        onChange={setRank}
        inputMode="numeric"
        help={`Where rules of several groups fit a machine, the group of the lowest rank has it. Empty: ${group === null ? 'the last one' : 'as it is'}.`}
        error={wrongRank ? 'A whole number from 1 to 10,000.' : undefined}
      />
      {group === null ? null : (
        <p className="note">
          Machines move at once to where the rules of all groups say, but for those that were put into a group
          by hand.
        </p>
      )}
    </FormDialog>
  );
}
