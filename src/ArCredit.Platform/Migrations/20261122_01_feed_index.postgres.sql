-- The rows of one transaction are sorted when they are read: an index on all three columns costs every decision more than that.
drop index journal_feed;
create index journal_feed on journal (txid);
