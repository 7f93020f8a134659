-- Decisions on credit checks: they earmark nothing, so they are recorded in blocks outside the accounts' chains.
create table credit_check (
    id         text not null primary key,
    account_id text not null,
    decided_at integer not null,
    asked_by   text not null,
    record     blob not null
);
