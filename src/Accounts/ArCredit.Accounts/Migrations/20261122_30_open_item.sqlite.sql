-- What is open now, kept beside the movements: whose invoice a payment means is asked of all accounts at once.
create table open_item (
    account_id  text not null,
    due_date    text not null,
    issue_date  text not null,
    number      text not null,
    item_type   text not null,
    instalment  integer not null,
    currency    text not null,
    open_amount integer not null,
    number_key  text not null,
    primary key (account_id, due_date, issue_date, number, item_type, instalment)
) without rowid;
insert into open_item (account_id, due_date, issue_date, number, item_type, instalment, currency, open_amount, number_key)
select account_id, due_date, issue_date, number, item_type, instalment, min(currency), sum(amount),
       upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(number, ' ', ''), '-', ''), '/', ''), '.', ''), '_', ''), '#', ''), ':', ''), ',', ''), '\', ''))
  from ledger_entry
 group by account_id, due_date, issue_date, number, item_type, instalment
having sum(amount) <> 0;
create index open_item_number on open_item (number_key, currency);
create index open_item_amount on open_item (open_amount, currency, account_id, due_date, number, instalment);
create index account_name_folded on account_name (folded, account_id);
