-- What a good developer keeps for credit reservations: the running exposure on the account, a row per decision.
create table account (
    account_id   text collate "C" primary key,
    currency     text not null,
    credit_limit bigint not null,
    exposure     bigint not null default 0
) with (fillfactor = 70); -- room for updates within the page

-- Approved and declined alike. The key is unique per account, so the look-up and the guard are one index.
create table reservation (
    reservation_id  uuid not null primary key,
    account_id      text collate "C" not null,
    idempotency_key text collate "C" not null,
    fingerprint     bytea not null,
    outcome         text not null,
    kind            text not null,
    amount          bigint not null,
    exposure_after  bigint not null,
    credit_limit    bigint not null,
    reference       text,
    created_at      timestamptz not null,
    expires_at      timestamptz
);
create unique index reservation_key on reservation (account_id, idempotency_key);

create table api_key (
    hash bytea primary key,
    name text not null
);
