-- Mandates that have lapsed, each told once for the day on which it was last used.
create table mandate_lapse (
    company    text not null,
    mandate_id text not null,
    used_on    text not null,
    primary key (company, mandate_id, used_on)
) without rowid;
create index collection_mandate on collection (company, mandate_id, collect_on);
