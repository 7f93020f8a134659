-- Payments and credit notes whose allocations were changed after they were posted; state is the event's own JSON.
create table credit_state (
    account_id text not null,
    kind       text not null,
    number     text not null,
    version    integer not null,
    state      text not null,
    primary key (account_id, kind, number)
) without rowid;
