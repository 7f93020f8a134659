-- What customers hold back of invoices, as posted. It has no due date before its release: its item and its movements carry 9999-01-01, and
-- what is released is an item of its own with its due date, so that an item's dates never change. Where no release is expected yet, expected_on is that day too.
create table retention (
    account_id  text not null,
    number      text not null,
    instalment  integer not null,
    currency    text not null,
    amount      integer not null,
    issue_date  text not null,
    expected_on text not null,
    due_days    integer,
    version     integer not null,
    primary key (account_id, number)
) without rowid;
create index retention_expected on retention (expected_on, account_id, number);
