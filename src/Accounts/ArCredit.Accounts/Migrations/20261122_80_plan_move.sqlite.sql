-- What was taken off the items of payment plans since they were requested, or put back: their marks less this is what is still planned.
create table plan_move (
    account_id  text not null,
    plan_id     text not null,
    number      text not null,
    instalment  integer not null,
    version     integer not null,
    posted_on   text not null,
    recorded_at integer not null,
    amount      integer not null,
    primary key (account_id, plan_id, number, instalment, version, posted_on)
) without rowid;
