import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WireGroup, WireMachineState } from '../../../src/contract/cordon.ts';
import { useAccess, useChangeAccess } from '../access/read.ts';
import { refreshMachines } from '../machines/refresh.ts';
import { announce } from '../parts/announce.tsx';
import { Choice } from '../parts/choice.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { spelledOut } from '../text/visible.ts';

interface Props {
  readonly machine: WireMachineState;
  readonly onClose: () => void;
}

/** What stands for the rules in the list of groups, whose numbers are positive. */
const BY_RULES = '0';

/** Puts a machine into a device group, or lets the rules say again in which it is. */
export function PlaceDialog({ machine, onClose }: Props) {
  const client = useQueryClient();
  const groups = useAccess<WireGroup>('groups');
  const change = useChangeAccess('groups');
  const before = machine.groupPlaced ? String(machine.rbacGroupId) : BY_RULES;
  const [group, setGroup] = useState(before);
  const place = async () => {
    if (group === before) return onClose();
    if (group !== BY_RULES)
      await change(`groups/${group}/machines`, { method: 'POST', body: { machine: machine.id } });
    else await change(`groups/${machine.rbacGroupId}/machines/${machine.id}`, { method: 'DELETE' });
    announce(`The group of ${spelledOut(machine.computerDnsName)} is changed.`);
    onClose();
    await Promise.allSettled([
      refreshMachines(client, [machine.id]),
      client.invalidateQueries({ queryKey: ['machine', machine.id] }),
    ]);
  };
  // The one that it is in is there before the others are read.
  const own = { id: machine.rbacGroupId, name: machine.rbacGroupName ?? 'none' };
  const choices = groups.data ?? (machine.groupPlaced ? [own] : []);
  return (
    <FormDialog
      title={`The group of ${spelledOut(machine.computerDnsName)}`}
      verb="Put it there"
      onClose={onClose}
      onSubmit={place}
    >
      <Choice
        label="Device group"
        value={group}
        choices={[
          {
            value: BY_RULES,
            word: machine.groupPlaced
              ? 'As the rules of the groups say'
              : `As the rules of the groups say: ${spelledOut(machine.rbacGroupName ?? 'none')}`,
          },
          ...choices.map(({ id, name }) => ({ value: String(id), word: spelledOut(name) })),
        ]}
        onChange={setGroup}
      />
      <p className="note">
        {machine.groupPlaced
          ? 'It was put into its group by hand, or by its enrolment token.'
          : 'It is where the rules of the groups say.'}{' '}
        A machine that is put into a group stays there, whatever the rules say. It is then seen by whoever is
        given that group; a group that is given to nobody is seen by everybody who has a role.
      </p>
    </FormDialog>
  );
}
