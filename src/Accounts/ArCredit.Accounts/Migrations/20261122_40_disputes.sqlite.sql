-- Disputes as they stand; state is the event's own JSON.
create table dispute (
    account_id text not null,
    id         text not null,
    status     text not null,
    version    integer not null,
    state      text not null,
    primary key (account_id, id)
) without rowid;
-- What was written into their logs; text_id leads to the erasable text.
create table dispute_log (
    account_id text not null,
    dispute_id text not null,
    version    integer not null,
    kind       text not null,
    at         integer not null,
    by_caller  text,
    owner      text,
    due_on     text,
    text_id    text,
    primary key (account_id, dispute_id, version)
) without rowid;
-- What is said of open items from a day on, and until which: a dispute or a promise of a part of them.
create table item_mark (
    account_id text not null,
    kind       text not null,
    mark_id    text not null,
    number     text not null,
    instalment integer not null,
    amount     integer not null,
    since_on   text not null,
    since_at   integer not null,
    until_on   text,
    until_at   integer,
    primary key (account_id, kind, mark_id, number, instalment)
) without rowid;
create index item_mark_open on item_mark (account_id, number) where until_on is null;
