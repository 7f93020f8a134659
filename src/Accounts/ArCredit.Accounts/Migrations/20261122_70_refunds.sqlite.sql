-- Refunds of unapplied credit as they stand; state is the event's own JSON.
create table refund (
    account_id text not null,
    id         text not null,
    status     text not null,
    currency   text not null,
    version    integer not null,
    state      text not null,
    primary key (account_id, id)
) without rowid;
create index refund_standing on refund (status, currency, account_id, id);
