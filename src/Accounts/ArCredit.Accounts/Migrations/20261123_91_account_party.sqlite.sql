-- Tax ids and electronic addresses, by which documents are told whose they are. Personal data, erased with the account's texts.
create table account_party (
    account_id text not null,
    kind       text not null,
    value      text not null,
    country    text,
    primary key (account_id, kind, value)
) without rowid;
insert into account_party (account_id, kind, value, country)
select account_id, 'tax', value, country
  from (select v.account_id, json_extract(t.body, '$.country') as country,
               upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                   json_extract(t.body, '$.taxId'), ' ', ''), '.', ''), '-', ''), '/', ''), '_', ''), ':', ''), ',', ''), ';', ''), '''', ''), '(', ''), ')', '')) as value
          from account_view v
          join erasable_text t on t.account_id = v.account_id and t.id = v.details_id) known
 where value <> '';
create index account_party_value on account_party (value, kind, account_id);
