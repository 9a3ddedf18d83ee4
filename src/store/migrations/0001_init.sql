-- Common subset of SQLite and PostgreSQL. Times are 28-character UTC text, flags 0 or 1, JSON opaque text. Text columns
-- are compared by bytes (SQLite's default; the PostgreSQL driver adds collate "C"). Each index names what it serves:
-- every one of them costs a page write per row.

create table tenant (
  id text not null primary key,
  name text not null,
  created_at text not null,
  -- Highest group number ever given, so that a number is never given twice.
  last_group_id integer not null
);

create table machine (
  tenant_id text not null,
  id text not null,
  merged_into_machine_id text,
  is_potential_duplication integer not null,
  is_excluded integer not null,
  exclusion_reason text,
  computer_dns_name text not null,
  first_seen text not null,
  last_seen text not null,
  os_platform text not null,
  os_version text,
  os_processor text not null,
  os_architecture text not null,
  version text,
  os_build integer,
  agent_version text,
  last_ip_address text,
  last_external_ip_address text,
  health_status text not null,
  onboarding_status text not null,
  device_value text,
  risk_score text,
  exposure_level text,
  rbac_group_id integer not null,
  group_pinned integer not null,
  is_aad_joined integer not null,
  aad_device_id text,
  managed_by text not null,
  managed_by_status text not null,
  ip_addresses text not null,
  drivers text not null,
  hardware_fingerprint text,
  primary key (tenant_id, id)
);
-- A machine named by its DNS name in a path; startswith on the name.
create index machine_dns on machine (tenant_id, lower(computer_dns_name));
-- A machine named by its directory id.
create index machine_aad on machine (tenant_id, aad_device_id) where aad_device_id is not null;
-- Group filter, and moving the machines of a deleted group; written only when a machine changes group.
create index machine_group_id on machine (tenant_id, rbac_group_id, id);
-- Duplicates at enrolment.
create index machine_fingerprint on machine (tenant_id, hardware_fingerprint) where hardware_fingerprint is not null;
-- The sweep for machines that fell silent, over all tenants; partial, so that silent ones cost it nothing.
create index machine_silent on machine (last_seen) where health_status = 'Active';

create table machine_tag (
  tenant_id text not null,
  machine_id text not null,
  tag text not null,
  primary key (tenant_id, machine_id, tag),
  foreign key (tenant_id, machine_id) references machine (tenant_id, id) on delete cascade
);
-- findbytag, exact and by prefix.
create index machine_tag_tag on machine_tag (tenant_id, tag);

-- Every internal address a machine has or had.
create table machine_address (
  tenant_id text not null,
  machine_id text not null,
  address text not null,
  first_seen text not null,
  -- Null while the machine still has it: it was seen with it when the machine itself was.
  last_seen text,
  primary key (tenant_id, address, machine_id),
  foreign key (tenant_id, machine_id) references machine (tenant_id, id) on delete cascade
);

-- Desired and observed mode of one control on one machine. Generation 0 means that nothing was ever asked: the rows are
-- there from the enrolment on, so that a request only updates. No foreign keys here and in the three tables below: a
-- check per insert would cost the hot path what its guards prove already.
create table machine_control (
  tenant_id text not null,
  machine_id text not null,
  control text not null,
  mode text not null,
  generation bigint not null,
  action_id text,
  mode_before text not null,
  action_before text,
  observed_mode text,
  observed_generation bigint not null,
  observed_at text,
  observed_proven integer not null,
  drifted integer not null,
  evidence text,
  primary key (tenant_id, machine_id, control)
);

create table device (
  tenant_id text not null,
  machine_id text not null,
  public_key text not null,
  enrolled_at text not null,
  last_sequence bigint not null,
  -- Empty, or what sets the device's epoch apart from the installation's.
  epoch text not null,
  primary key (machine_id),
  foreign key (tenant_id, machine_id) references machine (tenant_id, id) on delete cascade
);
-- A device that repeats its enrolment because the answer was lost is known by its key.
create index device_key on device (tenant_id, public_key);

create table machine_action (
  tenant_id text not null,
  id text not null,
  type text not null,
  control text,
  machine_id text not null,
  computer_dns_name text,
  requestor text not null,
  requestor_comment text not null,
  status text not null,
  created_at text not null,
  updated_at text not null,
  cancellation_requestor text,
  cancellation_comment text,
  cancelled_at text,
  error_hresult integer not null,
  external_id text,
  request_source text not null,
  generation bigint not null,
  mode_before text not null,
  action_before text,
  deadline text,
  revision integer not null,
  primary key (tenant_id, id)
);
-- One at a time: decides which of two concurrent requests is refused, since an active action stands under its control
-- and a final one under its own id. Serves filter machineId and a machine's own list too, so that a request touches one
-- page of the machine in it and not two.
create unique index machine_action_machine on machine_action
  (tenant_id, machine_id, (cast(case when status in ('Pending', 'InProgress') then control else id end as text)));
-- The sweeper's overdue actions over all tenants. Holds active actions only, since final ones have no deadline.
create index machine_action_deadline on machine_action (deadline) where deadline is not null;
-- The lists below are ordered by created_at and id. The id is left out of the indexes: it made them half as large again,
-- and the few rows of one instant are put in order while they are read.
-- The list, newest first, and filters on the creation time.
create index machine_action_created on machine_action (tenant_id, created_at);
-- Filter requestor and type; requestor alone is read as one range per type and merged.
create index machine_action_requestor on machine_action (tenant_id, requestor, type, created_at);
-- Filters status and type, each with and without a creation time; either alone is read as one range per value of the
-- other and merged. The one index that a transition has to move a row in.
create index machine_action_status on machine_action (tenant_id, status, type, created_at);

-- The history. `late` is 0 for the one event of a transition and counts from 1 for what came after a final status.
create table action_event (
  tenant_id text not null,
  action_id text not null,
  revision integer not null,
  late integer not null,
  at text not null,
  status text not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  cause text not null,
  evidence text,
  primary key (tenant_id, action_id, revision, late)
);

create table idempotency_key (
  tenant_id text not null,
  caller text not null,
  key text not null,
  fingerprint text not null,
  action_id text not null,
  expires_at text not null,
  primary key (tenant_id, caller, key)
);
-- Removal of expired keys.
create index idempotency_key_expiry on idempotency_key (expires_at);

create table application (
  tenant_id text not null,
  id text not null,
  display_name text not null,
  permissions text not null,
  created_at text not null,
  revoked_at text,
  primary key (id),
  foreign key (tenant_id) references tenant (id)
);
-- Names are unique among the applications that are not revoked.
create unique index application_name on application (tenant_id, display_name) where revoked_at is null;

create table application_secret (
  tenant_id text not null,
  application_id text not null,
  id text not null,
  hash text not null,
  expires_at text,
  created_at text not null,
  primary key (application_id, id),
  foreign key (application_id) references application (id) on delete cascade
);

create table application_key (
  tenant_id text not null,
  application_id text not null,
  id text not null,
  jwk text not null,
  created_at text not null,
  primary key (application_id, id),
  foreign key (application_id) references application (id) on delete cascade
);

create table used_assertion (
  application_id text not null,
  jti text not null,
  expires_at text not null,
  primary key (application_id, jti)
);

create table emulator_user (
  tenant_id text not null,
  principal text not null,
  display_name text not null,
  password_hash text not null,
  primary key (tenant_id, principal),
  foreign key (tenant_id) references tenant (id)
);

create table role (
  tenant_id text not null,
  id text not null,
  name text not null,
  permissions text not null,
  created_at text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id) references tenant (id)
);
create unique index role_name on role (tenant_id, lower(name));

create table role_principal (
  tenant_id text not null,
  role_id text not null,
  principal text not null,
  primary key (tenant_id, role_id, principal),
  foreign key (tenant_id, role_id) references role (tenant_id, id) on delete cascade
);

create table machine_group (
  tenant_id text not null,
  id integer not null,
  name text not null,
  rank integer not null,
  rules text not null,
  created_at text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id) references tenant (id)
);
create unique index machine_group_name on machine_group (tenant_id, lower(name));

create table group_principal (
  tenant_id text not null,
  group_id integer not null,
  principal text not null,
  primary key (tenant_id, group_id, principal),
  foreign key (tenant_id, group_id) references machine_group (tenant_id, id) on delete cascade
);

create table enrolment_token (
  tenant_id text not null,
  id text not null,
  hash text not null,
  group_id integer,
  machine_id text,
  uses_left integer not null,
  expires_at text not null,
  created_at text not null,
  created_by text not null,
  revoked_at text,
  primary key (tenant_id, id),
  foreign key (tenant_id) references tenant (id)
);
-- A device presents the token; only its hash is known.
create unique index enrolment_token_hash on enrolment_token (hash);

create table server_key (
  id text not null primary key,
  purpose text not null,
  material text not null,
  created_at text not null,
  active_from text not null,
  retired_at text
);
-- Of several processes that rotate at once, one key stays.
create unique index server_key_turn on server_key (purpose, active_from);

create table setting (
  name text not null primary key,
  value text not null
);
