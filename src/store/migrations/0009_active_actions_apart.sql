-- Active actions stand in an index of their own, which is as small as they are few, so that a request need not touch the
-- machine's page among those of all actions ever. It decides which of two concurrent requests is refused. An action
-- moves from one to the other once, when it ends; together they serve filter machineId and a machine's own list. The
-- status is there so that skipping reads no rows: SQLite looks at it in spite of the condition.
drop index machine_action_machine;
create unique index machine_action_active on machine_action
  (tenant_id, machine_id, (cast(coalesce(control, id) as text)))
  where status in ('Pending', 'InProgress');
create index machine_action_machine on machine_action (tenant_id, machine_id, id, status)
  where status not in ('Pending', 'InProgress');
