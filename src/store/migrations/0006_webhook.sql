-- Who is told what happens. A deleted one stays until its deliveries are removed, a portion at a time.
create table webhook (
  tenant_id text not null,
  id text not null,
  name text not null,
  url text not null,
  -- In the clear: it signs.
  secret text not null,
  previous_secret text,
  previous_until text,
  created_at text not null,
  created_by text not null,
  disabled_at text,
  disabled_because text,
  deleted_at text,
  primary key (tenant_id, id)
);

-- The outbox and its log: one row per transition and webhook, written by the unit that made the transition. Keyed by the
-- action first: it leaves with the action, and asks for what came before it. No foreign key: a webhook that is deleted
-- at the same moment must not undo a transition.
create table webhook_delivery (
  tenant_id text not null,
  webhook_id text not null,
  action_id text not null,
  revision integer not null,
  status text not null,
  created_at text not null,
  state text not null,
  attempts integer not null,
  failures integer not null,
  -- When the next attempt may begin, or the lease of the present one ends; null once it has ended.
  due_at text,
  -- Which attempt may write the outcome.
  lease text,
  ended_at text,
  last_status integer,
  last_error text,
  primary key (tenant_id, action_id, webhook_id, revision)
);
-- What is to be sent now. Holds what waits only.
create index webhook_delivery_due on webhook_delivery (tenant_id, webhook_id, due_at) where due_at is not null;
-- The list, newest first, and the replay of a period.
create index webhook_delivery_created on webhook_delivery (tenant_id, webhook_id, created_at);

create table webhook_attempt (
  tenant_id text not null,
  webhook_id text not null,
  action_id text not null,
  revision integer not null,
  number integer not null,
  at text not null,
  milliseconds integer not null,
  status integer,
  error text,
  primary key (tenant_id, action_id, webhook_id, revision, number)
);
