-- A revoked key keeps its row, so that an audit entry by its id can still be resolved; its name is free again.
create table api_key (
    id text primary key,
    name text not null,
    key_hash text not null unique,
    roles text not null,
    created_at timestamptz not null,
    expires_at timestamptz null,
    revoked_at timestamptz null
);

create unique index api_key_live_name on api_key (name) where revoked_at is null;
