-- One row per movement of an open item: an item's open amount at any asOf and knownAt is the sum of its rows, and so is every
-- balance. All rows of one event together are that document's effect on the ledger. Amounts are minor units of the document's
-- currency; credits are negative.
create table ledger_entry (
    account_id          text collate "C" not null,
    posted_on           date not null,
    version             bigint not null,
    line                int not null,
    recorded_at         timestamptz not null,
    item_type           text collate "C" not null,
    number              text collate "C" not null,
    instalment          int not null,
    kind                text collate "C" not null,
    currency            text collate "C" not null,
    amount              bigint not null,
    returned            bigint not null,
    issue_date          date not null,
    due_date            date not null,
    original            bigint not null,
    counterpart_type    text collate "C",
    counterpart_number  text collate "C",
    flags               text collate "C",
    primary key (account_id, posted_on, version, line)
);
-- Settlement order; every row of an item carries the same dates, so that open items come out of it page by page.
create index ledger_entry_item on ledger_entry (account_id, due_date, issue_date, number, item_type, instalment);
