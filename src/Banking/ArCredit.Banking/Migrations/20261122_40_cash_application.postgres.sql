-- Whose customers pay into an own account.
alter table bank_account add column company text collate "C" not null default 'main';

-- Payments that a statement brought, as their progress is counted.
alter table bank_statement add column payments bigint not null default 0;

-- 1 until the payments of a booking are in bank_payment. What was booked before there was matching stays 0: finance has posted it.
alter table bank_transaction add column unread bigint not null default 0;
create index bank_transaction_unread on bank_transaction (booked_on, statement_id, no) where unread = 1;

-- One row per payment: a booking, or one of the transactions that it sums up (detail from 1). A decision is stored before the
-- customer's account is asked to post it, under a payment id made of key and attempt, so that whoever goes on posts the same.
create table bank_payment (
    statement_id         uuid not null,
    no                   bigint not null,
    detail               bigint not null,
    booked_on            date not null,
    value_on             date not null,
    account_id           text collate "C" not null,
    company              text collate "C" not null,
    currency             text collate "C" not null,
    amount               bigint not null,
    is_return            bigint not null,
    end_to_end_id        text collate "C",
    bank_reference       text collate "C",
    party                text collate "C",
    party_account        text collate "C",
    remittance           text collate "C",
    structured_reference text collate "C",
    state                text collate "C" not null,
    attempt              bigint not null default 0,
    by_hand              bigint not null default 0,
    customer             text collate "C",
    payment_id           text collate "C",
    reverses             text collate "C",
    confidence           bigint,
    evidence             text collate "C",
    allocations          text collate "C",
    suggestions          text collate "C",
    reason               text collate "C",
    decided_by           text collate "C",
    changed_at           timestamptz not null,
    primary key (statement_id, no, detail)
);
create index bank_payment_work on bank_payment (booked_on, statement_id, no, detail) where state in ('new', 'posting', 'undoing');
create index bank_payment_state on bank_payment (state, booked_on, statement_id, no, detail);
create index bank_payment_progress on bank_payment (statement_id, state);
create index bank_payment_amount on bank_payment (account_id, amount, booked_on) where is_return = 0;

-- Bank accounts of payers, as people confirmed them.
create table bank_link (
    party_account text collate "C" not null,
    customer      text collate "C" not null,
    learned_at    timestamptz not null,
    learned_by    text collate "C" not null,
    primary key (party_account, customer)
);

-- From which confidence on, in per cent, a payment to a company posts itself.
create table bank_matching (
    company   text collate "C" not null primary key,
    post_from bigint not null
);
