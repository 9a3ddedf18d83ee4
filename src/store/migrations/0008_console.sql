-- People who are signed in to the console; every process of an installation knows them. Ended ones are removed.
create table console_session (
  -- SHA-256 of the cookie's value, hexadecimal.
  hash text not null primary key,
  tenant_id text not null,
  method text not null,
  administrator integer not null,
  principal text not null,
  display_name text not null,
  object_id text not null,
  directory_groups text not null,
  created_at text not null,
  -- When it ends whatever is done in it, and when it ends unless something is.
  expires_at text not null,
  ends_at text not null
);
create index console_session_end on console_session (ends_at);

-- Links that begin a session of the local administrator, each once.
create table console_link (
  -- SHA-256 of the code, hexadecimal.
  hash text not null primary key,
  tenant_id text not null,
  created_by text not null,
  ends_at text not null
);
create index console_link_end on console_link (ends_at);
