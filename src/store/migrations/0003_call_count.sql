-- Calls counted over all processes of an installation, for rate limits: one row per caller, operation and window.
create table call_count (
  tenant_id text not null,
  name text not null,
  ends_at text not null,
  taken integer not null,
  primary key (tenant_id, name)
);
-- Removal of windows that have ended.
create index call_count_end on call_count (ends_at);
