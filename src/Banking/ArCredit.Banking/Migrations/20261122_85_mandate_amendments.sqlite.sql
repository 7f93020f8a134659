-- Changes of what was signed. Each is confirmed by somebody else and counts from its day; what was signed stays as it is.
create table mandate_amendment (
    company              text not null,
    mandate_id           text not null,
    amendment_id         text not null,
    number               integer not null,
    iban                 text,
    bic                  text,
    reference            text,
    creditor_id          text,
    former_creditor_name text,
    effective_on         text not null,
    usable_from          text,
    status               text not null,
    reason               text,
    requested_by         text not null,
    requested_at         integer not null,
    confirmed_by         text,
    confirmed_at         integer,
    withdrawn_by         text,
    withdrawn_at         integer,
    primary key (company, mandate_id, amendment_id)
) without rowid;
create index mandate_amendment_reference on mandate_amendment (company, reference) where reference is not null;

-- The collections whose file tells the debtor's bank of an amendment.
create table mandate_amendment_report (
    collection_id text not null,
    company       text not null,
    mandate_id    text not null,
    amendment_id  text not null,
    primary key (collection_id, amendment_id)
) without rowid;
create index mandate_amendment_reported on mandate_amendment_report (company, mandate_id, amendment_id);
