-- How an own account collects: the company's creditor identifier and its days.
create table direct_debit_setting (
    bank_account text not null primary key,
    creditor_id  text not null,
    holder       text not null,
    bic          text,
    notice_days  integer not null,
    lead_days    integer not null,
    core_days    integer not null,
    b2b_days     integer not null
) without rowid;

-- Mandates. Each change of state is a version of its own; what was signed never changes.
create table mandate (
    company     text not null,
    mandate_id  text not null,
    version     integer not null,
    account_id  text not null,
    iban        text not null,
    holder      text not null,
    bic         text,
    signed_on   text not null,
    scheme      text not null,
    kind        text not null,
    notice_days integer,
    status      text not null,
    reason      text,
    changed_by  text not null,
    changed_at  integer not null,
    primary key (company, mandate_id, version)
) without rowid;
create index mandate_account on mandate (account_id, mandate_id, version);

-- What was chosen and announced together; somebody else approves it.
create table collection_run (
    run_id          text not null primary key,
    bank_account    text not null,
    company         text not null,
    currency        text not null,
    collect_on      text not null,
    announced_on    text not null,
    created_at      integer not null,
    created_by      text not null,
    idempotency_key text not null,
    request         text not null,
    approved_by     text,
    approved_at     integer
) without rowid;
create unique index collection_run_key on collection_run (created_by, idempotency_key);

-- Collections. State: announced, approved, taken (a file has it, its amount is not fixed), filed, settling (its account is asked), settled,
-- cancelled, rejected, returned. Untold: its announcement has yet to be written into the timeline. Wanted: what its account has yet to be told.
create table collection (
    collection_id text not null primary key,
    run_id        text not null,
    company       text not null,
    currency      text not null,
    account_id    text not null,
    mandate_id    text not null,
    collect_on    text not null,
    file_from     text not null,
    clears_on     text not null,
    announced     integer not null,
    amount        integer not null,
    items         text not null,
    state         text not null,
    untold        integer not null default 1,
    message_id    text,
    block         integer,
    wanted        text,
    reason        text,
    bank_status   text,
    bank_text     text,
    booked_as     text
) without rowid;
create unique index collection_mandate_day on collection (company, mandate_id, collect_on) where state not in ('cancelled', 'rejected', 'returned');
create index collection_run_of on collection (run_id, collection_id);
create index collection_account on collection (account_id, collection_id);
create index collection_file on collection (message_id, collection_id) where message_id is not null;
create index collection_due on collection (company, collect_on) where state = 'filed';
create index collection_work on collection (collection_id) where state = 'settling' or wanted is not null or untold = 1;

-- Items that a collection is under way for: none is collected twice.
create table collection_item (
    account_id    text not null,
    number        text not null,
    instalment    integer not null,
    collection_id text not null,
    primary key (account_id, number, instalment)
) without rowid;
create index collection_item_of on collection_item (collection_id);

-- The blocks of a file: banks credit each as one sum.
create table collection_block (
    message_id text not null,
    block      integer not null,
    scheme     text not null,
    sequence   text not null,
    collect_on text not null,
    booked_as  text,
    primary key (message_id, block)
) without rowid;
