-- Where customers' money may go. Each change is a version of its own; nothing goes to one that a second person has not confirmed, nor before
-- usable_from, which is fixed with the confirmation.
create table payee_account (
    account_id   text not null,
    payee        text not null,
    version      integer not null,
    iban         text not null,
    holder       text not null,
    bic          text,
    entered_by   text not null,
    entered_at   integer not null,
    confirmed_by text,
    confirmed_at integer,
    usable_from  text,
    primary key (account_id, payee, version)
) without rowid;

-- Days from a payee's confirmation to the first on which money may go to it.
create table payment_rule (
    company        text not null primary key,
    cool_down_days integer not null
) without rowid;

-- How an own account is paid from.
create table bank_outgoing (
    bank_account     text not null primary key,
    holder           text not null,
    bic              text,
    credit_transfers text not null
) without rowid;

-- Files for banks. State: collecting (its refunds leave the ledgers), ready (content is fixed for ever), uploading, sent, empty, withdrawn.
create table payment_file (
    message_id      text not null primary key,
    bank_account    text not null,
    company         text not null,
    currency        text not null,
    format          text not null,
    holder          text not null,
    iban            text not null,
    bic             text,
    execution_on    text not null,
    state           text not null,
    created_at      integer not null,
    created_by      text not null,
    idempotency_key text not null,
    request         text not null,
    transactions    integer not null default 0,
    control_sum     integer not null default 0,
    content         blob,
    content_hash    text,
    temporary       text,
    sent_at         integer,
    bank_status     text,
    bank_reason     text
) without rowid;
create unique index payment_file_key on payment_file (created_by, idempotency_key);
create index payment_file_work on payment_file (message_id) where state in ('collecting', 'ready', 'uploading');

-- What a file pays. State: taken, dropped (the account did not let it go), filed, sent, settled, rejected, returned. Wanted: what the
-- account has yet to be told.
create table payment_line (
    message_id    text not null,
    line          integer not null,
    account_id    text not null,
    refund_id     text not null,
    end_to_end_id text not null,
    amount        integer not null,
    payee         text not null,
    payee_version integer not null,
    state         text not null,
    wanted        text,
    reason        text,
    bank_status   text,
    bank_text     text,
    primary key (message_id, line)
) without rowid;
create unique index payment_line_refund on payment_line (account_id, refund_id) where state <> 'dropped';
create unique index payment_line_end_to_end on payment_line (end_to_end_id);
create index payment_line_work on payment_line (message_id, line) where wanted is not null;

-- Banks' answers that were read; the content is their key, the answer is given again.
create table payment_report (
    content_hash text not null primary key,
    received_at  integer not null,
    received_by  text not null,
    message_id   text not null,
    answer       text not null
) without rowid;
