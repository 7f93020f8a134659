-- Refunds of unapplied credit as they stand; state is the event's own JSON.
create table refund (
    account_id text collate "C" not null,
    id         text collate "C" not null,
    status     text collate "C" not null,
    currency   text collate "C" not null,
    version    bigint not null,
    state      text collate "C" not null,
    primary key (account_id, id)
);
create index refund_standing on refund (status, currency, account_id, id);
