-- Where customers' money may go. Each change is a version of its own; nothing goes to one that a second person has not confirmed, nor before
-- usable_from, which is fixed with the confirmation.
create table payee_account (
    account_id   text collate "C" not null,
    payee        text collate "C" not null,
    version      bigint not null,
    iban         text collate "C" not null,
    holder       text collate "C" not null,
    bic          text collate "C",
    entered_by   text collate "C" not null,
    entered_at   timestamptz not null,
    confirmed_by text collate "C",
    confirmed_at timestamptz,
    usable_from  date,
    primary key (account_id, payee, version)
);

-- Days from a payee's confirmation to the first on which money may go to it.
create table payment_rule (
    company        text collate "C" not null primary key,
    cool_down_days bigint not null
);

-- How an own account is paid from.
create table bank_outgoing (
    bank_account     text collate "C" not null primary key,
    holder           text collate "C" not null,
    bic              text collate "C",
    credit_transfers text collate "C" not null
);

-- Files for banks. State: collecting (its refunds leave the ledgers), ready (content is fixed for ever), uploading, sent, empty, withdrawn.
create table payment_file (
    message_id      text collate "C" not null primary key,
    bank_account    text collate "C" not null,
    company         text collate "C" not null,
    currency        text collate "C" not null,
    format          text collate "C" not null,
    holder          text collate "C" not null,
    iban            text collate "C" not null,
    bic             text collate "C",
    execution_on    date not null,
    state           text collate "C" not null,
    created_at      timestamptz not null,
    created_by      text collate "C" not null,
    idempotency_key text collate "C" not null,
    request         text collate "C" not null,
    transactions    bigint not null default 0,
    control_sum     bigint not null default 0,
    content         bytea,
    content_hash    text collate "C",
    temporary       text collate "C",
    sent_at         timestamptz,
    bank_status     text collate "C",
    bank_reason     text collate "C"
);
create unique index payment_file_key on payment_file (created_by, idempotency_key);
create index payment_file_work on payment_file (message_id) where state in ('collecting', 'ready', 'uploading');

-- What a file pays. State: taken, dropped (the account did not let it go), filed, sent, settled, rejected, returned. Wanted: what the
-- account has yet to be told.
create table payment_line (
    message_id    text collate "C" not null,
    line          bigint not null,
    account_id    text collate "C" not null,
    refund_id     text collate "C" not null,
    end_to_end_id text collate "C" not null,
    amount        bigint not null,
    payee         text collate "C" not null,
    payee_version bigint not null,
    state         text collate "C" not null,
    wanted        text collate "C",
    reason        text collate "C",
    bank_status   text collate "C",
    bank_text     text collate "C",
    primary key (message_id, line)
);
create unique index payment_line_refund on payment_line (account_id, refund_id) where state <> 'dropped';
create unique index payment_line_end_to_end on payment_line (end_to_end_id);
create index payment_line_work on payment_line (message_id, line) where wanted is not null;

-- Banks' answers that were read; the content is their key, the answer is given again.
create table payment_report (
    content_hash text collate "C" not null primary key,
    received_at  timestamptz not null,
    received_by  text collate "C" not null,
    message_id   text collate "C" not null,
    answer       text collate "C" not null
);
