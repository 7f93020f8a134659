-- The installation's own accounts at banks.
create table bank_account (
    id       text collate "C" not null primary key,
    name     text collate "C" not null,
    iban     text collate "C",
    number   text collate "C",
    bank     text collate "C",
    currency text collate "C" not null
);

-- Files that were taken; the content is their key, the answer is given again.
create table bank_file (
    content_hash text collate "C" not null primary key,
    received_at  timestamptz not null,
    received_by  text collate "C" not null,
    answer       text collate "C" not null
);

create table bank_statement (
    id             uuid not null primary key,
    content_hash   text collate "C" not null,
    account_id     text collate "C" not null,
    format         text collate "C" not null,
    reference      text collate "C",
    sequence       text collate "C",
    intraday       bigint not null,
    opening        bigint,
    opening_on     date,
    closing        bigint,
    closing_on     date,
    available      bigint,
    available_on   date,
    credits        bigint not null,
    credit_sum     bigint not null,
    debits         bigint not null,
    debit_sum      bigint not null,
    already_booked bigint not null
);
create index bank_statement_account on bank_statement (account_id, closing_on);

-- Every booking once: booked_in is the end-of-day statement that lists it, null while only intraday reports do.
create table bank_transaction (
    statement_id         uuid not null,
    no                   bigint not null,
    account_id           text collate "C" not null,
    booked_in            uuid,
    booked_on            date not null,
    value_on             date not null,
    amount               bigint not null,
    credit               bigint not null,
    reversal             bigint not null,
    bank_reference       text collate "C",
    end_to_end_id        text collate "C",
    party                text collate "C",
    party_account        text collate "C",
    remittance           text collate "C",
    structured_reference text collate "C",
    code                 text collate "C",
    details              text collate "C",
    content_key          text collate "C" not null,
    primary key (statement_id, no)
);
create index bank_transaction_day on bank_transaction (booked_on, statement_id, no);
create index bank_transaction_account on bank_transaction (account_id, booked_on, statement_id, no);
create index bank_transaction_reference on bank_transaction (account_id, bank_reference) where bank_reference is not null;
create index bank_transaction_content on bank_transaction (account_id, content_key);
