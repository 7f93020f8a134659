-- The day that was asked for: a confirmation may move the one from which it counts. Null = none was named.
alter table mandate_amendment add column asked_on text;
update mandate_amendment set asked_on = effective_on;
