-- What claims billed of interest that accrued here, by days of items: what is billed never accrues again. A principal below 0 was
-- given back. Rates are text: they are exact, and no database type is on both.
create table interest_slice (
    account_id  text collate "C" not null,
    claim       text collate "C" not null,
    line        bigint not null,
    recorded_at timestamptz not null,
    posted_on   date not null,
    number      text collate "C" not null,
    instalment  bigint not null,
    from_on     date not null,
    to_on       date not null,
    principal   bigint not null,
    percent     text collate "C" not null,
    unit        text collate "C" not null,
    version     bigint not null,
    primary key (account_id, claim, line)
);
