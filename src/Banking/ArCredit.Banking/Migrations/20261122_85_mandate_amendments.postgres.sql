-- Changes of what was signed. Each is confirmed by somebody else and counts from its day; what was signed stays as it is.
create table mandate_amendment (
    company              text collate "C" not null,
    mandate_id           text collate "C" not null,
    amendment_id         text collate "C" not null,
    number               bigint not null,
    iban                 text collate "C",
    bic                  text collate "C",
    reference            text collate "C",
    creditor_id          text collate "C",
    former_creditor_name text collate "C",
    effective_on         date not null,
    usable_from          date,
    status               text collate "C" not null,
    reason               text collate "C",
    requested_by         text collate "C" not null,
    requested_at         timestamptz not null,
    confirmed_by         text collate "C",
    confirmed_at         timestamptz,
    withdrawn_by         text collate "C",
    withdrawn_at         timestamptz,
    primary key (company, mandate_id, amendment_id)
);
create index mandate_amendment_reference on mandate_amendment (company, reference) where reference is not null;

-- The collections whose file tells the debtor's bank of an amendment.
create table mandate_amendment_report (
    collection_id text collate "C" not null,
    company       text collate "C" not null,
    mandate_id    text collate "C" not null,
    amendment_id  text collate "C" not null,
    primary key (collection_id, amendment_id)
);
create index mandate_amendment_reported on mandate_amendment_report (company, mandate_id, amendment_id);
