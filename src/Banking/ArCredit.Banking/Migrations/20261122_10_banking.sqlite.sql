-- The installation's own accounts at banks.
create table bank_account (
    id       text not null primary key,
    name     text not null,
    iban     text,
    number   text,
    bank     text,
    currency text not null
) without rowid;

-- Files that were taken; the content is their key, the answer is given again.
create table bank_file (
    content_hash text not null primary key,
    received_at  integer not null,
    received_by  text not null,
    answer       text not null
) without rowid;

create table bank_statement (
    id             text not null primary key,
    content_hash   text not null,
    account_id     text not null,
    format         text not null,
    reference      text,
    sequence       text,
    intraday       integer not null,
    opening        integer,
    opening_on     text,
    closing        integer,
    closing_on     text,
    available      integer,
    available_on   text,
    credits        integer not null,
    credit_sum     integer not null,
    debits         integer not null,
    debit_sum      integer not null,
    already_booked integer not null
) without rowid;
create index bank_statement_account on bank_statement (account_id, closing_on);

-- Every booking once: booked_in is the end-of-day statement that lists it, null while only intraday reports do.
create table bank_transaction (
    statement_id         text not null,
    no                   integer not null,
    account_id           text not null,
    booked_in            text,
    booked_on            text not null,
    value_on             text not null,
    amount               integer not null,
    credit               integer not null,
    reversal             integer not null,
    bank_reference       text,
    end_to_end_id        text,
    party                text,
    party_account        text,
    remittance           text,
    structured_reference text,
    code                 text,
    details              text,
    content_key          text not null,
    primary key (statement_id, no)
) without rowid;
create index bank_transaction_day on bank_transaction (booked_on, statement_id, no);
create index bank_transaction_account on bank_transaction (account_id, booked_on, statement_id, no);
create index bank_transaction_reference on bank_transaction (account_id, bank_reference) where bank_reference is not null;
create index bank_transaction_content on bank_transaction (account_id, content_key);
