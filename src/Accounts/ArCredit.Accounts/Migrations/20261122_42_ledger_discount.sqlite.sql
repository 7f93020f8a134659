-- Of an item: the early-payment discounts that stand on it, as a sum like the open amount, so that no discount is given twice.
alter table ledger_entry add column discount integer not null default 0;
update ledger_entry set discount = -amount where kind = 'discounted';
-- All movements of one document, whatever its dates.
create index ledger_entry_number on ledger_entry (account_id, number);
