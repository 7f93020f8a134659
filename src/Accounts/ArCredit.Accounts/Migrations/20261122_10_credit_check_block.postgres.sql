-- Credit checks in blocks, found by their first id; a block's ids lie less than two seconds apart.
create table credit_check_block (
    first_id text collate "C" primary key,
    last_id  text collate "C" not null,
    checks   int not null,
    body     bytea not null
);
-- The body is packed already.
alter table credit_check_block alter column body set storage external;
-- What was recorded one by one becomes blocks of one, not packed.
insert into credit_check_block (first_id, last_id, checks, body)
select id, id, 1,
       convert_to('{"accountId":' || to_json(account_id)::text || ',"by":' || to_json(asked_by)::text || ',"decision":', 'UTF8') || record || '}'::bytea
  from credit_check;
drop table credit_check;
