-- How banks write their CSV; the body is the mapping's JSON.
create table bank_csv_mapping (
    id   text not null primary key,
    body text not null
) without rowid;
