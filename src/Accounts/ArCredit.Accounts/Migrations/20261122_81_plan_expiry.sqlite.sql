-- Plans that wait for approval end by the clock, too: breaks_on is the last day of any open plan now, of one that waits the date of its first instalment.
update payment_plan set breaks_on = json_extract(state, '$.instalments[0].on') where status = 'requested' and breaks_on is null;
