-- Disputes as they stand; state is the event's own JSON.
create table dispute (
    account_id text collate "C" not null,
    id         text collate "C" not null,
    status     text collate "C" not null,
    version    bigint not null,
    state      text collate "C" not null,
    primary key (account_id, id)
);
-- What was written into their logs; text_id leads to the erasable text.
create table dispute_log (
    account_id text collate "C" not null,
    dispute_id text collate "C" not null,
    version    bigint not null,
    kind       text collate "C" not null,
    at         timestamptz not null,
    by_caller  text collate "C",
    owner      text collate "C",
    due_on     date,
    text_id    uuid,
    primary key (account_id, dispute_id, version)
);
-- What is said of open items from a day on, and until which: a dispute or a promise of a part of them.
create table item_mark (
    account_id text collate "C" not null,
    kind       text collate "C" not null,
    mark_id    text collate "C" not null,
    number     text collate "C" not null,
    instalment bigint not null,
    amount     bigint not null,
    since_on   date not null,
    since_at   timestamptz not null,
    until_on   date,
    until_at   timestamptz,
    primary key (account_id, kind, mark_id, number, instalment)
);
create index item_mark_open on item_mark (account_id, number) where until_on is null;
