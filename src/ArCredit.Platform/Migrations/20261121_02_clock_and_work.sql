-- The manual clock's last instant; at a restart the later of flag and store holds.
create table system_clock (
    one integer primary key check (one = 1),
    now timestamptz not null
);

-- Up to which business instant a scheduled work has run; what is missed in between is caught up in order.
create table scheduled_work (
    name text primary key,
    done_until timestamptz not null
);
