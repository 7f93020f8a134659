create table company (
    id         text not null primary key,
    name       text not null,
    currency   text not null,
    time_zone  text not null,
    holidays   text not null,
    split_vat  integer not null
) without rowid;

-- Every version of every scope stays: a stored decision names the version it stood on.
create table policy_version (
    version    integer primary key,
    scope      text not null,
    body       text not null,
    created_at integer not null,
    created_by text not null
);
create index policy_version_scope on policy_version (scope, version);

-- Rates are text: they are exact, and no database type is on both.
create table fx_rate (
    rate_date     text not null,
    from_currency text not null,
    to_currency   text not null,
    rate          text not null,
    primary key (rate_date, from_currency, to_currency)
) without rowid;

-- Raised first in every write: it puts the writers in a row and tells readers that something is new.
create table reference_stamp (
    one   integer primary key check (one = 1),
    stamp integer not null
);
insert into reference_stamp (one, stamp) values (1, 0);
