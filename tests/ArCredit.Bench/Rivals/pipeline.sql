create table entry (
    account_id  text collate "C" not null,
    version     bigint not null,
    payload     bytea not null,
    recorded_at timestamptz not null,
    primary key (account_id, version)
);
