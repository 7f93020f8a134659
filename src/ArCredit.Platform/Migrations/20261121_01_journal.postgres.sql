-- Identifiers are compared byte by byte: "C" is case-sensitive, the same everywhere, and its index never needs a rebuild.
create table journal (
    account_id  text collate "C" not null,
    version     bigint not null check (version > 0),
    type        text not null,
    schema      int not null,
    payload     bytea not null,
    hash        bytea not null check (octet_length(hash) = 32),
    recorded_at timestamptz not null,
    txid        xid8 not null default pg_current_xact_id(),
    primary key (account_id, version)
);
-- The feed's order. A row never moves in it: its transaction id is given once.
create index journal_feed on journal (txid, account_id, version);

create table account_key (
    account_id  text collate "C" not null,
    kind        text collate "C" not null,
    value       text collate "C" not null,
    version     bigint not null,
    fingerprint bytea not null,
    expires_at  timestamptz,
    primary key (account_id, kind, value)
);
create index account_key_expiry on account_key (expires_at) where expires_at is not null;

create table erasable_text (
    account_id text collate "C" not null,
    id         uuid not null,
    salt       bytea not null,
    body       text not null,
    primary key (account_id, id)
);

create table snapshot (
    account_id text collate "C" primary key,
    version    bigint not null,
    hash       bytea not null,
    schema     int not null,
    body       bytea not null
);

create table snapshot_page (
    account_id text collate "C" not null,
    page_no    int not null,
    body       bytea not null,
    primary key (account_id, page_no)
);

create table projection_checkpoint (
    name       text collate "C" primary key,
    txid       xid8 not null,
    account_id text collate "C" not null,
    version    bigint not null,
    epoch      uuid not null
);

create table database_epoch (
    one   int primary key check (one = 1),
    epoch uuid not null
);
