-- One at a time: decides which of two concurrent requests is refused, since an active action stands under its control
-- and a final one under its own id. Serves filter machineId and a machine's own list too, so that a request touches one
-- page of the machine in it and not two.
drop index machine_action_active;
drop index machine_action_machine;
create unique index machine_action_machine on machine_action
  (tenant_id, machine_id, (cast(case when status in ('Pending', 'InProgress') then control else id end as text)));
