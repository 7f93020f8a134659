-- Who a company is in e-invoices: the ids by which they name it, and what its own have to say.
create table einvoice_company (
    company text collate "C" primary key,
    body    text not null
);

-- E-invoices as they were received, and what became of them. Amounts are minor units of the document's currency.
create table einvoice (
    id            uuid primary key,
    content_hash  text collate "C" not null unique,
    company       text collate "C" not null,
    format        text collate "C" not null,
    kind          text collate "C" not null,
    number        text collate "C" not null,
    amount        bigint not null,
    party_key     text collate "C" not null,
    facts         text not null,
    status        text collate "C" not null,
    reason        text collate "C",
    detail        text,
    account_id    text collate "C",
    plan          text,
    findings      text,
    buyer_status  text collate "C",
    buyer_reason  text,
    dispute_no    bigint not null,
    dispute_open  int not null,
    todo          int not null,
    received_at   timestamptz not null,
    received_by   text collate "C" not null,
    decided_by    text collate "C" not null,
    version       bigint not null
);
create index einvoice_todo on einvoice (id) where todo = 1;
create index einvoice_status on einvoice (status, id);
create index einvoice_number on einvoice (company, number, kind);
create index einvoice_account on einvoice (account_id, kind, number) where account_id is not null;

-- The files themselves, byte for byte.
create table einvoice_file (
    id   uuid primary key,
    body bytea not null
);

-- Whose documents are that name their buyer so, as people said; the key is a hash of all that a document says of its buyer.
create table einvoice_buyer (
    company    text collate "C" not null,
    party_key  text collate "C" not null,
    account_id text collate "C" not null,
    learned_by text collate "C" not null,
    learned_at timestamptz not null,
    primary key (company, party_key)
);
