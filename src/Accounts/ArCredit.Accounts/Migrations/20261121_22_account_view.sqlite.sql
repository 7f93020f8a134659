-- Master data as lists need it. The balance is in minor units of the account's currency.
create table account_view (
    account_id     text not null primary key,
    company        text not null,
    segment        text,
    currency       text not null,
    parent_id      text,
    closed         integer not null,
    credit_limit   integer,
    unlimited      integer not null,
    master_version integer not null,
    details_id     text not null,
    balance        integer not null
) without rowid;

-- Personal data: erased with the account's texts, and rebuilt from what is left of them.
create table account_name (
    account_id text not null primary key,
    name       text not null,
    folded     text not null
) without rowid;

create table account_block (
    account_id text not null,
    name       text not null,
    all_sales  integer not null,
    primary key (account_id, name)
) without rowid;
