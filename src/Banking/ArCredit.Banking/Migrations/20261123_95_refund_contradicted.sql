-- The booking by which the bank paid what stands as rejected.
alter table payment_line add column contradicted_by text;
