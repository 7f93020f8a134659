-- Promises to pay as they stand; state is the event's own JSON. Past breaks_on the account decides whether it is broken.
create table promise (
    account_id text not null,
    id         text not null,
    status     text not null,
    breaks_on  text,
    version    integer not null,
    state      text not null,
    primary key (account_id, id)
) without rowid;
create index promise_breaks_on on promise (breaks_on, account_id) where breaks_on is not null;
