-- What happened to accounts outside their journals. Version is the account's when it was written down: in a timeline a row stands behind that one, by id.
create table timeline_record (
    id          bigint generated always as identity primary key,
    account_id  text collate "C" not null,
    version     bigint not null,
    kind        text not null,
    recorded_at timestamptz not null,
    body        bytea not null
);
create index timeline_record_account on timeline_record (account_id, version, id);
