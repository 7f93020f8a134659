-- Who a company is in e-invoices: the ids by which they name it, and what its own have to say.
create table einvoice_company (
    company text primary key,
    body    text not null
);

-- E-invoices as they were received, and what became of them. Amounts are minor units of the document's currency.
create table einvoice (
    id            text primary key,
    content_hash  text not null unique,
    company       text not null,
    format        text not null,
    kind          text not null,
    number        text not null,
    amount        integer not null,
    party_key     text not null,
    facts         text not null,
    status        text not null,
    reason        text,
    detail        text,
    account_id    text,
    plan          text,
    findings      text,
    buyer_status  text,
    buyer_reason  text,
    dispute_no    integer not null,
    dispute_open  integer not null,
    todo          integer not null,
    received_at   integer not null,
    received_by   text not null,
    decided_by    text not null,
    version       integer not null
);
create index einvoice_todo on einvoice (id) where todo = 1;
create index einvoice_status on einvoice (status, id);
create index einvoice_number on einvoice (company, number, kind);
create index einvoice_account on einvoice (account_id, kind, number) where account_id is not null;

-- The files themselves, byte for byte.
create table einvoice_file (
    id   text primary key,
    body blob not null
);

-- Whose documents are that name their buyer so, as people said; the key is a hash of all that a document says of its buyer.
create table einvoice_buyer (
    company    text not null,
    party_key  text not null,
    account_id text not null,
    learned_by text not null,
    learned_at integer not null,
    primary key (company, party_key)
);
