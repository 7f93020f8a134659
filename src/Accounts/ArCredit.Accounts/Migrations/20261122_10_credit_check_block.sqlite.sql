-- Credit checks in blocks, found by their first id; a block's ids lie less than two seconds apart.
create table credit_check_block (
    first_id text primary key,
    last_id  text not null,
    checks   int not null,
    body     blob not null
);
-- What was recorded one by one becomes blocks of one, not packed.
insert into credit_check_block (first_id, last_id, checks, body)
select id, id, 1,
       cast('{"accountId":' || json_quote(account_id) || ',"by":' || json_quote(asked_by) || ',"decision":' || cast(record as text) || '}' as blob)
  from credit_check;
drop table credit_check;
