-- Payment plans as they stand; state is the event's own JSON. Past breaks_on the account decides whether it is broken.
create table payment_plan (
    account_id text not null,
    id         text not null,
    status     text not null,
    breaks_on  text,
    version    integer not null,
    state      text not null,
    primary key (account_id, id)
) without rowid;
create index payment_plan_breaks_on on payment_plan (breaks_on, account_id) where breaks_on is not null;

-- The last day that a mark holds unless something is recorded before: on the next the account will end it.
alter table item_mark add column lapses_on text;
