-- Master data as lists need it. The balance is in minor units of the account's currency.
create table account_view (
    account_id     text collate "C" primary key,
    company        text collate "C" not null,
    segment        text collate "C",
    currency       text collate "C" not null,
    parent_id      text collate "C",
    closed         int not null,
    credit_limit   bigint,
    unlimited      int not null,
    master_version bigint not null,
    details_id     uuid not null,
    balance        bigint not null
);

-- Personal data: erased with the account's texts, and rebuilt from what is left of them.
create table account_name (
    account_id text collate "C" primary key,
    name       text not null,
    folded     text collate "C" not null
);

create table account_block (
    account_id text collate "C" not null,
    name       text collate "C" not null,
    all_sales  int not null,
    primary key (account_id, name)
);
