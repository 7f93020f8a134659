-- What is open now, kept beside the movements: whose invoice a payment means is asked of all accounts at once.
create table open_item (
    account_id  text collate "C" not null,
    due_date    date not null,
    issue_date  date not null,
    number      text collate "C" not null,
    item_type   text collate "C" not null,
    instalment  bigint not null,
    currency    text collate "C" not null,
    open_amount bigint not null,
    number_key  text collate "C" not null,
    primary key (account_id, due_date, issue_date, number, item_type, instalment)
);
insert into open_item (account_id, due_date, issue_date, number, item_type, instalment, currency, open_amount, number_key)
select account_id, due_date, issue_date, number, item_type, instalment, min(currency), sum(amount),
       upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(number, ' ', ''), '-', ''), '/', ''), '.', ''), '_', ''), '#', ''), ':', ''), ',', ''), '\', ''))
  from ledger_entry
 group by account_id, due_date, issue_date, number, item_type, instalment
having sum(amount) <> 0;
create index open_item_number on open_item (number_key, currency);
create index open_item_amount on open_item (open_amount, currency, account_id, due_date, number, instalment);
create index account_name_folded on account_name (folded, account_id);
