-- Which key of the server a device has pinned: its answers are signed with that one until it says that it moved on.
alter table device add column server_key_id text not null default '';
-- Until now there was one key, so every device has pinned that.
update device set server_key_id = coalesce((select min(id) from server_key where purpose = 'device'), '');
-- Whether a key still serves, and which machines keep it in service; written at an enrolment and a rotation only.
create index device_server_key on device (server_key_id);
