-- One row per movement of an open item: an item's open amount at any asOf and knownAt is the sum of its rows, and so is every
-- balance. All rows of one event together are that document's effect on the ledger. Amounts are minor units of the document's
-- currency; credits are negative.
create table ledger_entry (
    account_id          text not null,
    posted_on           text not null,
    version             integer not null,
    line                integer not null,
    recorded_at         integer not null,
    item_type           text not null,
    number              text not null,
    instalment          integer not null,
    kind                text not null,
    currency            text not null,
    amount              integer not null,
    returned            integer not null,
    issue_date          text not null,
    due_date            text not null,
    original            integer not null,
    counterpart_type    text,
    counterpart_number  text,
    flags               text,
    primary key (account_id, posted_on, version, line)
) without rowid;
-- Settlement order; every row of an item carries the same dates, so that open items come out of it page by page.
create index ledger_entry_item on ledger_entry (account_id, due_date, issue_date, number, item_type, instalment);
