create table company (
    id         text collate "C" primary key,
    name       text not null,
    currency   text collate "C" not null,
    time_zone  text not null,
    holidays   text not null,
    split_vat  int not null
);

-- Every version of every scope stays: a stored decision names the version it stood on.
create table policy_version (
    version    bigint primary key,
    scope      text collate "C" not null,
    body       text not null,
    created_at timestamptz not null,
    created_by text not null
);
create index policy_version_scope on policy_version (scope, version);

-- Rates are text: they are exact, and no database type is on both.
create table fx_rate (
    rate_date     date not null,
    from_currency text collate "C" not null,
    to_currency   text collate "C" not null,
    rate          text not null,
    primary key (rate_date, from_currency, to_currency)
);

-- Raised first in every write: it puts the writers in a row and tells readers that something is new.
create table reference_stamp (
    one   int primary key check (one = 1),
    stamp bigint not null
);
insert into reference_stamp (one, stamp) values (1, 0);
