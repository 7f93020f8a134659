-- A bank's reversal asks whether another payment has the same reference.
create index bank_transaction_end_to_end on bank_transaction (account_id, end_to_end_id) where end_to_end_id is not null;
