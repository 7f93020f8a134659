-- A run may be rejected as well as approved; what nobody approves or files in time ends by itself.
alter table collection_run add column rejected_by text;
alter table collection_run add column rejected_at integer;
create index collection_waiting on collection (run_id, collect_on) where state in ('announced', 'approved');
