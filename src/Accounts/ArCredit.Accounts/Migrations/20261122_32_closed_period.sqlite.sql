-- Accounting periods that finance has closed: a month (yyyy-MM) of a company each. Opened again they are gone.
create table closed_period (
    company   text not null,
    period    text not null,
    closed_at integer not null,
    closed_by text not null,
    primary key (company, period)
) without rowid;
