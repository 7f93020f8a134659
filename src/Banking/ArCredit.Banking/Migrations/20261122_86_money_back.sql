-- Money that a bank sends back: the booking that it is, what it left the payment in before (null = the booking changed nothing), and what
-- banks kept of it. Who said what became of a payment, where it was a person. Why its account could not be asked, how often in a row, and
-- the file that went on without it.
alter table payment_line add column returned_as text;
alter table payment_line add column returned_from text;
alter table payment_line add column charges bigint;
alter table payment_line add column told_by text;
alter table payment_line add column error text;
alter table payment_line add column attempts bigint not null default 0;
alter table payment_line add column moved_from text;
create index payment_line_moved on payment_line (moved_from) where moved_from is not null;
create index payee_account_iban on payee_account (iban);

alter table collection add column told_by text;
alter table collection add column error text;
alter table collection add column attempts bigint not null default 0;
alter table collection add column moved_from text;

-- 1 where the bank says that what came in had gone out before. Refund: the payment of ours that it is, by its EndToEndId.
alter table bank_payment add column comes_back bigint not null default 0;
alter table bank_payment add column refund text;
alter table bank_payment add column charges bigint;
