-- Tax ids and electronic addresses, by which documents are told whose they are. Personal data, erased with the account's texts.
create table account_party (
    account_id text collate "C" not null,
    kind       text collate "C" not null,
    value      text collate "C" not null,
    country    text collate "C",
    primary key (account_id, kind, value)
);
insert into account_party (account_id, kind, value, country)
select account_id, 'tax', value, country
  from (select v.account_id, t.body::json ->> 'country' as country,
               translate(translate(t.body::json ->> 'taxId', ' .-/_:,;''()', ''), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') as value
          from account_view v
          join erasable_text t on t.account_id = v.account_id and t.id = v.details_id) known
 where value <> '';
create index account_party_value on account_party (value, kind, account_id);
