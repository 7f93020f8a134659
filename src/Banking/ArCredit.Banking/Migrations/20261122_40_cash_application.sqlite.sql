-- Whose customers pay into an own account.
alter table bank_account add column company text not null default 'main';

-- Payments that a statement brought, as their progress is counted.
alter table bank_statement add column payments integer not null default 0;

-- 1 until the payments of a booking are in bank_payment. What was booked before there was matching stays 0: finance has posted it.
alter table bank_transaction add column unread integer not null default 0;
create index bank_transaction_unread on bank_transaction (booked_on, statement_id, no) where unread = 1;

-- One row per payment: a booking, or one of the transactions that it sums up (detail from 1). A decision is stored before the
-- customer's account is asked to post it, under a payment id made of key and attempt, so that whoever goes on posts the same.
create table bank_payment (
    statement_id         text not null,
    no                   integer not null,
    detail               integer not null,
    booked_on            text not null,
    value_on             text not null,
    account_id           text not null,
    company              text not null,
    currency             text not null,
    amount               integer not null,
    is_return            integer not null,
    end_to_end_id        text,
    bank_reference       text,
    party                text,
    party_account        text,
    remittance           text,
    structured_reference text,
    state                text not null,
    attempt              integer not null default 0,
    by_hand              integer not null default 0,
    customer             text,
    payment_id           text,
    reverses             text,
    confidence           integer,
    evidence             text,
    allocations          text,
    suggestions          text,
    reason               text,
    decided_by           text,
    changed_at           integer not null,
    primary key (statement_id, no, detail)
) without rowid;
create index bank_payment_work on bank_payment (booked_on, statement_id, no, detail) where state in ('new', 'posting', 'undoing');
create index bank_payment_state on bank_payment (state, booked_on, statement_id, no, detail);
create index bank_payment_progress on bank_payment (statement_id, state);
create index bank_payment_amount on bank_payment (account_id, amount, booked_on) where is_return = 0;

-- Bank accounts of payers, as people confirmed them.
create table bank_link (
    party_account text not null,
    customer      text not null,
    learned_at    integer not null,
    learned_by    text not null,
    primary key (party_account, customer)
) without rowid;

-- From which confidence on, in per cent, a payment to a company posts itself.
create table bank_matching (
    company   text not null primary key,
    post_from integer not null
) without rowid;
