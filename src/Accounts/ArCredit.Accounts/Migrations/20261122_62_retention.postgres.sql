-- What customers hold back of invoices, as posted. It has no due date before its release: its item and its movements carry 9999-01-01, and
-- what is released is an item of its own with its due date, so that an item's dates never change. Where no release is expected yet, expected_on is that day too.
create table retention (
    account_id  text collate "C" not null,
    number      text collate "C" not null,
    instalment  integer not null,
    currency    text collate "C" not null,
    amount      bigint not null,
    issue_date  date not null,
    expected_on date not null,
    due_days    integer,
    version     bigint not null,
    primary key (account_id, number)
);
create index retention_expected on retention (expected_on, account_id, number);
