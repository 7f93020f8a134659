-- The last state of every reservation; state is the event's own JSON.
create table reservation (
    account_id text not null,
    id         text not null,
    status     text not null,
    expires_at integer,
    delivered  integer not null,
    version    integer not null,
    state      text not null,
    primary key (account_id, id)
) without rowid;
-- The due dates of lapses.
create index reservation_due on reservation (expires_at, account_id) where status = 'active' and expires_at is not null;

create table invoice (
    account_id text not null,
    number     text not null,
    currency   text not null,
    amount     integer not null,
    credited   integer not null,
    primary key (account_id, number)
) without rowid;

-- Money that can still come back: the due dates of midnight's work.
create table payment_due (
    account_id text not null,
    payment_id text not null,
    clears_on  text not null,
    primary key (account_id, payment_id)
) without rowid;
create index payment_due_day on payment_due (clears_on, account_id);
