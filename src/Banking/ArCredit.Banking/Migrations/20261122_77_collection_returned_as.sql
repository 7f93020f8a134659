-- The booking of a statement that takes a collection back: a second one is for a person.
alter table collection add column returned_as text;
