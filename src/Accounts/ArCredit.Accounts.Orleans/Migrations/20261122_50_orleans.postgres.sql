-- What Orleans' ADO.NET providers want of a database. They read their statements from OrleansQuery once at their start, by keys,
-- with parameters and columns by names, all of which are theirs; the tables behind them are ours. Every statement can be run again.
create table if not exists orleansquery (
  querykey text primary key,
  querytext text not null
);

-- Membership. Every change counts the cluster's version up, and only from the one that its writer has seen.
create table if not exists orleans_cluster (
  deploymentid text primary key,
  version integer not null default 0
);

create table if not exists orleans_silo (
  deploymentid text not null,
  address text not null,
  port integer not null,
  generation integer not null,
  siloname text not null,
  hostname text not null,
  status integer not null,
  proxyport integer not null,
  suspecttimes text,
  starttime timestamptz not null,
  iamalivetime timestamptz not null,
  primary key (deploymentid, address, port, generation)
);

-- Reminders. No time of the business rests on one.
create table if not exists orleans_reminder (
  serviceid text not null,
  grainid text not null,
  remindername text not null,
  grainhash integer not null,
  starttime timestamptz not null,
  period bigint not null,
  version integer not null,
  primary key (serviceid, grainid, remindername)
);

create index if not exists orleans_reminder_hash on orleans_reminder (serviceid, grainhash);

-- Grain storage. Accounts keep nothing in it: the journal is their state.
create table if not exists orleans_storage (
  serviceid text not null,
  graintypehash integer not null,
  graintypestring text not null,
  grainidhash integer not null,
  grainidn0 bigint not null,
  grainidn1 bigint not null,
  grainidextensionstring text,
  payloadbinary bytea,
  version integer not null,
  modified_at timestamptz not null default now()
);

-- Two first writes of one grain at once: one of them must lose.
create unique index if not exists orleans_storage_grain on orleans_storage (
  grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, serviceid, grainidextensionstring) nulls not distinct;

insert into orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $$
with added as (
  insert into orleans_cluster (deploymentid) values (@DeploymentId) on conflict do nothing returning 1)
select exists (select from added)
$$),
('MembershipReadAllKey', $$
select cluster.version, silo.address, silo.port, silo.generation, silo.siloname, silo.hostname, silo.status, silo.proxyport,
       silo.suspecttimes, silo.starttime, silo.iamalivetime
  from orleans_cluster cluster left join orleans_silo silo on silo.deploymentid = cluster.deploymentid
 where cluster.deploymentid = @DeploymentId
$$),
('MembershipReadRowKey', $$
select cluster.version, silo.address, silo.port, silo.generation, silo.siloname, silo.hostname, silo.status, silo.proxyport,
       silo.suspecttimes, silo.starttime, silo.iamalivetime
  from orleans_cluster cluster
  left join orleans_silo silo
         on silo.deploymentid = cluster.deploymentid and silo.address = @Address and silo.port = @Port and silo.generation = @Generation
 where cluster.deploymentid = @DeploymentId
$$),
('InsertMembershipKey', $$
with counted as (
  update orleans_cluster set version = version + 1
   where deploymentid = @DeploymentId and version = @Version
     and not exists (
       select from orleans_silo
        where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
  returning deploymentid),
added as (
  insert into orleans_silo (
    deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
  select deploymentid, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from counted
  returning 1)
select exists (select from added)
$$),
('UpdateMembershipKey', $$
with counted as (
  update orleans_cluster set version = version + 1
   where deploymentid = @DeploymentId and version = @Version
     and exists (
       select from orleans_silo
        where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
  returning deploymentid),
changed as (
  update orleans_silo silo set status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
    from counted
   where silo.deploymentid = counted.deploymentid and silo.address = @Address and silo.port = @Port and silo.generation = @Generation
  returning 1)
select exists (select from changed)
$$),
('UpdateIAmAlivetimeKey', $$
update orleans_silo set iamalivetime = @IAmAliveTime
 where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$$),
('GatewaysQueryKey', $$
select address, proxyport, generation from orleans_silo
 where deploymentid = @DeploymentId and status = @Status and proxyport > 0
$$),
('DeleteMembershipTableEntriesKey', $$
with silos as (delete from orleans_silo where deploymentid = @DeploymentId)
delete from orleans_cluster where deploymentid = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
delete from orleans_silo where deploymentid = @DeploymentId and status = 6 and iamalivetime < @IAmAliveTime
$$),
('ReadReminderRowsKey', $$
select grainid, remindername, starttime, period, version from orleans_reminder
 where serviceid = @ServiceId and grainid = @GrainId
$$),
('ReadReminderRowKey', $$
select grainid, remindername, starttime, period, version from orleans_reminder
 where serviceid = @ServiceId and grainid = @GrainId and remindername = @ReminderName
$$),
('ReadRangeRows1Key', $$
select grainid, remindername, starttime, period, version from orleans_reminder
 where serviceid = @ServiceId and grainhash > @BeginHash and grainhash <= @EndHash
$$),
('ReadRangeRows2Key', $$
select grainid, remindername, starttime, period, version from orleans_reminder
 where serviceid = @ServiceId and (grainhash > @BeginHash or grainhash <= @EndHash)
$$),
('UpsertReminderRowKey', $$
insert into orleans_reminder as reminder (serviceid, grainid, remindername, grainhash, starttime, period, version)
values (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
on conflict (serviceid, grainid, remindername) do update
   set grainhash = excluded.grainhash, starttime = excluded.starttime, period = excluded.period, version = reminder.version + 1
returning version
$$),
('DeleteReminderRowKey', $$
with gone as (
  delete from orleans_reminder
   where serviceid = @ServiceId and grainid = @GrainId and remindername = @ReminderName and version = @Version
  returning 1)
select exists (select from gone)
$$),
('DeleteReminderRowsKey', $$
delete from orleans_reminder where serviceid = @ServiceId
$$),
('ReadFromStorageKey', $$
select payloadbinary, version from orleans_storage
 where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
   and graintypestring = @GrainTypeString and serviceid = @ServiceId
   and grainidextensionstring is not distinct from @GrainIdExtensionString
$$),
('WriteToStorageKey', $$
with changed as (
  update orleans_storage set payloadbinary = @PayloadBinary, version = version + 1, modified_at = now()
   where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
     and graintypestring = @GrainTypeString and serviceid = @ServiceId
     and grainidextensionstring is not distinct from @GrainIdExtensionString and version = @GrainStateVersion
  returning version),
added as (
  insert into orleans_storage (
    grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, serviceid, grainidextensionstring, payloadbinary, version)
  select @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, @ServiceId, @GrainIdExtensionString, @PayloadBinary, 1
   where @GrainStateVersion is null
  on conflict do nothing
  returning version)
select coalesce((select version from changed), (select version from added), @GrainStateVersion) as newgrainstateversion
$$),
('ClearStorageKey', $$
with changed as (
  update orleans_storage set payloadbinary = null, version = version + 1, modified_at = now()
   where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
     and graintypestring = @GrainTypeString and serviceid = @ServiceId
     and grainidextensionstring is not distinct from @GrainIdExtensionString and version = @GrainStateVersion
  returning version)
select coalesce((select version from changed), @GrainStateVersion) as newgrainstateversion
$$),
('DeleteStorageKey', $$
with gone as (
  delete from orleans_storage
   where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
     and graintypestring = @GrainTypeString and serviceid = @ServiceId
     and grainidextensionstring is not distinct from @GrainIdExtensionString and version = @GrainStateVersion
  returning version + 1 as version)
select coalesce((select version from gone), @GrainStateVersion) as newgrainstateversion
$$)
on conflict (querykey) do update set querytext = excluded.querytext;
