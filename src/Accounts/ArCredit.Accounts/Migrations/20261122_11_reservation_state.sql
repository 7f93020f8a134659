-- The event at the row's version holds the whole reservation; here it was written, indexed along and checked a second time.
alter table reservation drop column state;
