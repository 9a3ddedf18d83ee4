-- Whether the action that a control follows has not ended yet. It decides which of two concurrent requests is refused: a
-- request changes this row anyway, where an index of active actions had to be written as well, on a page of its own for
-- each machine.
alter table machine_control add column active integer not null default 0;
update machine_control set active = 1
where exists (
  select 1 from machine_action a
  where a.tenant_id = machine_control.tenant_id and a.id = machine_control.action_id
    and a.status in ('Pending', 'InProgress'));
drop index machine_action_active;
-- Active actions of no control, for a machine's own list; those of a control are found through the control.
create index machine_action_uncontrolled on machine_action (tenant_id, machine_id)
  where control is null and status in ('Pending', 'InProgress');
