-- Accounting periods that finance has closed: a month (yyyy-MM) of a company each. Opened again they are gone.
create table closed_period (
    company   text collate "C" not null,
    period    text collate "C" not null,
    closed_at timestamptz not null,
    closed_by text collate "C" not null,
    primary key (company, period)
);
