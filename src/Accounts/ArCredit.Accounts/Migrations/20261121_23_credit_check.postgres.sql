-- Decisions on credit checks: they earmark nothing, so they are recorded in blocks outside the accounts' chains.
create table credit_check (
    id         text collate "C" primary key,
    account_id text collate "C" not null,
    decided_at timestamptz not null,
    asked_by   text collate "C" not null,
    record     bytea not null
);
