-- What claims billed of interest that accrued here, by days of items: what is billed never accrues again. A principal below 0 was
-- given back. Rates are text: they are exact, and no database type is on both.
create table interest_slice (
    account_id  text not null,
    claim       text not null,
    line        integer not null,
    recorded_at integer not null,
    posted_on   text not null,
    number      text not null,
    instalment  integer not null,
    from_on     text not null,
    to_on       text not null,
    principal   integer not null,
    percent     text not null,
    unit        text not null,
    version     integer not null,
    primary key (account_id, claim, line)
) without rowid;
