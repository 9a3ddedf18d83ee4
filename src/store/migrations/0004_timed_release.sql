-- When the server releases by itself, and the deadline that the last change voided.
alter table machine_control add column release_at text;
alter table machine_control add column release_before text;
-- What an action set, what it voided, and the restriction that it is the timed release of.
alter table machine_action add column release_at text;
alter table machine_action add column release_before text;
alter table machine_action add column release_of text;
-- The sweep for releases that are due, over all tenants. Holds timed restrictions only.
create index machine_control_release on machine_control (release_at) where release_at is not null;
