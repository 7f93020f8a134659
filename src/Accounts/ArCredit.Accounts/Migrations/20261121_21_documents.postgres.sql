-- The last state of every reservation; state is the event's own JSON.
create table reservation (
    account_id text collate "C" not null,
    id         text collate "C" not null,
    status     text collate "C" not null,
    expires_at timestamptz,
    delivered  bigint not null,
    version    bigint not null,
    state      text not null,
    primary key (account_id, id)
);
-- The due dates of lapses.
create index reservation_due on reservation (expires_at, account_id) where status = 'active' and expires_at is not null;

create table invoice (
    account_id text collate "C" not null,
    number     text collate "C" not null,
    currency   text collate "C" not null,
    amount     bigint not null,
    credited   bigint not null,
    primary key (account_id, number)
);

-- Money that can still come back: the due dates of midnight's work.
create table payment_due (
    account_id text collate "C" not null,
    payment_id text collate "C" not null,
    clears_on  date not null,
    primary key (account_id, payment_id)
);
create index payment_due_day on payment_due (clears_on, account_id);
