-- A mandate authorises one creditor identifier, and a file names the one it was made under.
alter table mandate add column creditor_id text;
alter table payment_file add column creditor_id text;
update mandate set creditor_id = (
    select min(s.creditor_id) from direct_debit_setting s join bank_account b on b.id = s.bank_account where b.company = mandate.company);
update payment_file set creditor_id = (select s.creditor_id from direct_debit_setting s where s.bank_account = payment_file.bank_account)
 where format like 'pain.008%';
