-- Mandates that have lapsed, each told once for the day on which it was last used.
create table mandate_lapse (
    company    text collate "C" not null,
    mandate_id text collate "C" not null,
    used_on    date not null,
    primary key (company, mandate_id, used_on)
);
create index collection_mandate on collection (company, mandate_id, collect_on);
