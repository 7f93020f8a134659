-- What was taken off the items of payment plans since they were requested, or put back: their marks less this is what is still planned.
create table plan_move (
    account_id  text collate "C" not null,
    plan_id     text collate "C" not null,
    number      text collate "C" not null,
    instalment  bigint not null,
    version     bigint not null,
    posted_on   date not null,
    recorded_at timestamptz not null,
    amount      bigint not null,
    primary key (account_id, plan_id, number, instalment, version, posted_on)
);
