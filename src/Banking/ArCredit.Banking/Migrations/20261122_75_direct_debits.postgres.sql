-- How an own account collects: the company's creditor identifier and its days.
create table direct_debit_setting (
    bank_account text collate "C" not null primary key,
    creditor_id  text collate "C" not null,
    holder       text collate "C" not null,
    bic          text collate "C",
    notice_days  bigint not null,
    lead_days    bigint not null,
    core_days    bigint not null,
    b2b_days     bigint not null
);

-- Mandates. Each change of state is a version of its own; what was signed never changes.
create table mandate (
    company     text collate "C" not null,
    mandate_id  text collate "C" not null,
    version     bigint not null,
    account_id  text collate "C" not null,
    iban        text collate "C" not null,
    holder      text collate "C" not null,
    bic         text collate "C",
    signed_on   date not null,
    scheme      text collate "C" not null,
    kind        text collate "C" not null,
    notice_days bigint,
    status      text collate "C" not null,
    reason      text collate "C",
    changed_by  text collate "C" not null,
    changed_at  timestamptz not null,
    primary key (company, mandate_id, version)
);
create index mandate_account on mandate (account_id, mandate_id, version);

-- What was chosen and announced together; somebody else approves it.
create table collection_run (
    run_id          text collate "C" not null primary key,
    bank_account    text collate "C" not null,
    company         text collate "C" not null,
    currency        text collate "C" not null,
    collect_on      date not null,
    announced_on    date not null,
    created_at      timestamptz not null,
    created_by      text collate "C" not null,
    idempotency_key text collate "C" not null,
    request         text collate "C" not null,
    approved_by     text collate "C",
    approved_at     timestamptz
);
create unique index collection_run_key on collection_run (created_by, idempotency_key);

-- Collections. State: announced, approved, taken (a file has it, its amount is not fixed), filed, settling (its account is asked), settled,
-- cancelled, rejected, returned. Untold: its announcement has yet to be written into the timeline. Wanted: what its account has yet to be told.
create table collection (
    collection_id text collate "C" not null primary key,
    run_id        text collate "C" not null,
    company       text collate "C" not null,
    currency      text collate "C" not null,
    account_id    text collate "C" not null,
    mandate_id    text collate "C" not null,
    collect_on    date not null,
    file_from     date not null,
    clears_on     date not null,
    announced     bigint not null,
    amount        bigint not null,
    items         text collate "C" not null,
    state         text collate "C" not null,
    untold        bigint not null default 1,
    message_id    text collate "C",
    block         bigint,
    wanted        text collate "C",
    reason        text collate "C",
    bank_status   text collate "C",
    bank_text     text collate "C",
    booked_as     text collate "C"
);
create unique index collection_mandate_day on collection (company, mandate_id, collect_on) where state not in ('cancelled', 'rejected', 'returned');
create index collection_run_of on collection (run_id, collection_id);
create index collection_account on collection (account_id, collection_id);
create index collection_file on collection (message_id, collection_id) where message_id is not null;
create index collection_due on collection (company, collect_on) where state = 'filed';
create index collection_work on collection (collection_id) where state = 'settling' or wanted is not null or untold = 1;

-- Items that a collection is under way for: none is collected twice.
create table collection_item (
    account_id    text collate "C" not null,
    number        text collate "C" not null,
    instalment    bigint not null,
    collection_id text collate "C" not null,
    primary key (account_id, number, instalment)
);
create index collection_item_of on collection_item (collection_id);

-- The blocks of a file: banks credit each as one sum.
create table collection_block (
    message_id text collate "C" not null,
    block      bigint not null,
    scheme     text collate "C" not null,
    sequence   text collate "C" not null,
    collect_on date not null,
    booked_as  text collate "C",
    primary key (message_id, block)
);
