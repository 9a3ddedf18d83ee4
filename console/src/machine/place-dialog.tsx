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
/** What stands for no change: whether a machine was put into its group by hand is not told. */
const AS_IT_IS = '';

/** Puts a machine into a device group, or lets the rules say again in which it is. */
export function PlaceDialog({ machine, onClose }: Props) {
  const client = useQueryClient();
  const groups = useAccess<WireGroup>('groups');
  const change = useChangeAccess('groups');
  const [group, setGroup] = useState(AS_IT_IS);
  const place = async () => {
    if (group === AS_IT_IS) return onClose();
    if (group !== BY_RULES)
      await change(`groups/${group}/machines`, { method: 'POST', body: { machine: machine.id } });
    else if (machine.rbacGroupId !== 0)
      await change(`groups/${machine.rbacGroupId}/machines/${machine.id}`, { method: 'DELETE' });
    announce(`The group of ${spelledOut(machine.computerDnsName)} is changed.`);
    onClose();
    await Promise.allSettled([
      refreshMachines(client, [machine.id]),
      client.invalidateQueries({ queryKey: ['machine', machine.id] }),
    ]);
  };
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
          { value: AS_IT_IS, word: `As it is: ${spelledOut(machine.rbacGroupName ?? 'none')}` },
          { value: BY_RULES, word: 'As the rules of the groups say' },
          ...(groups.data ?? []).map(({ id, name }) => ({ value: String(id), word: spelledOut(name) })),
        ]}
        onChange={setGroup}
      />
      <p className="note">
        A machine that is put into a group stays there, whatever the rules say. It is then seen by whoever is
        given that group; a group that is given to nobody is seen by everybody who has a role.
      </p>
    </FormDialog>
  );
}
