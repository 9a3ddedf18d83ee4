-- Final actions, and active ones of no control, stand under their ids, which grow with time: read backwards, the index
-- gives a machine's actions newest first. An active action of a control stands under it, behind all ids: a tilde is
-- greater than every digit and letter of one.
drop index machine_action_machine;
create unique index machine_action_machine on machine_action
  (tenant_id, machine_id,
   (cast(case when status in ('Pending', 'InProgress') and control is not null then '~' || control else id end as text)));
