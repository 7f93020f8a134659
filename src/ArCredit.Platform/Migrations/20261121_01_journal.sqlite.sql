-- txid is the rowid under a name of its own, so that a VACUUM keeps it: there is one writer, so it is the order of commits.
create table journal (
    txid        integer primary key,
    account_id  text not null,
    version     integer not null check (version > 0),
    type        text not null,
    schema      integer not null,
    payload     blob not null,
    hash        blob not null check (length(hash) = 32),
    recorded_at integer not null,
    unique (account_id, version)
);

create table account_key (
    account_id  text not null,
    kind        text not null,
    value       text not null,
    version     integer not null,
    fingerprint blob not null,
    expires_at  integer,
    primary key (account_id, kind, value)
) without rowid;
create index account_key_expiry on account_key (expires_at) where expires_at is not null;

create table erasable_text (
    account_id text not null,
    id         text not null,
    salt       blob not null,
    body       text not null,
    primary key (account_id, id)
);

create table snapshot (
    account_id text not null primary key,
    version    integer not null,
    hash       blob not null,
    schema     integer not null,
    body       blob not null
);

create table snapshot_page (
    account_id text not null,
    page_no    integer not null,
    body       blob not null,
    primary key (account_id, page_no)
);

create table projection_checkpoint (
    name       text not null primary key,
    txid       integer not null,
    account_id text not null,
    version    integer not null,
    epoch      text not null
);

create table database_epoch (
    one   integer primary key check (one = 1),
    epoch text not null
);
