-- Of items whose VAT is settled for itself: the change of the VAT part, as a sum like the open amount, and the item's original VAT.
-- 0 for all others.
alter table ledger_entry add column vat bigint not null default 0;
alter table ledger_entry add column original_vat bigint not null default 0;
alter table open_item add column open_vat bigint not null default 0;
alter table open_item add column open_net bigint not null default 0;
-- Only split items are in these: payments are looked for by either part.
create index open_item_vat on open_item (open_vat, currency, account_id, due_date, number, instalment) where open_vat <> 0;
create index open_item_net on open_item (open_net, currency, account_id, due_date, number, instalment) where open_net <> 0;
