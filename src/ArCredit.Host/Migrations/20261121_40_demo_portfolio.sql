-- Whether the demo portfolio was begun and finished, and the day it was made for: a start that was cut short goes on with the same portfolio.
create table demo_portfolio (
    one   integer not null primary key check (one = 1),
    today text not null,
    done  integer not null
);
