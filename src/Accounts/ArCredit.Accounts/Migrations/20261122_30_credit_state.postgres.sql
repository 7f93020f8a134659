-- Payments and credit notes whose allocations were changed after they were posted; state is the event's own JSON.
create table credit_state (
    account_id text collate "C" not null,
    kind       text collate "C" not null,
    number     text collate "C" not null,
    version    bigint not null,
    state      text not null,
    primary key (account_id, kind, number)
);
