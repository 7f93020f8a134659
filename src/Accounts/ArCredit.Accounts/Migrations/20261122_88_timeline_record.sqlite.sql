-- What happened to accounts outside their journals. Version is the account's when it was written down: in a timeline a row stands behind that one, by id.
create table timeline_record (
    id          integer primary key,
    account_id  text not null,
    version     integer not null,
    kind        text not null,
    recorded_at integer not null,
    body        blob not null
);
create index timeline_record_account on timeline_record (account_id, version, id);
