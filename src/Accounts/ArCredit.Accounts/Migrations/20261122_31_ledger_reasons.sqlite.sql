-- Of an item: the discount that was taken too late and stays open, as a sum like the open amount. Of a settlement: the realised
-- exchange difference in the company's currency, null where there is none or a rate is not known.
alter table ledger_entry add column unearned integer not null default 0;
alter table ledger_entry add column fx_difference integer;
alter table ledger_entry add column fx_currency text;
