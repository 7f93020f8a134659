-- Promises to pay as they stand; state is the event's own JSON. Past breaks_on the account decides whether it is broken.
create table promise (
    account_id text collate "C" not null,
    id         text collate "C" not null,
    status     text collate "C" not null,
    breaks_on  date,
    version    bigint not null,
    state      text collate "C" not null,
    primary key (account_id, id)
);
create index promise_breaks_on on promise (breaks_on, account_id) where breaks_on is not null;
