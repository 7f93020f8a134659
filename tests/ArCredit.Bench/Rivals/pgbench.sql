\set i :i + 1
\set n random(0, :accounts - 1)
select verdict from reserve(
    :prefix::text || (100000 + :n::int)::text, :run::text || '-' || :client_id::text || '-' || :i::text,
    '\xaf8c90a3b5d4e2f1001122334455667788990aabbccddeeff0f1e2d3c4b5a697'::bytea,
    (lpad(to_hex(:run::bigint), 8, '0') || lpad(to_hex(:client_id::int), 4, '0') || '7000' || '8000' || lpad(to_hex(:i::bigint), 12, '0'))::uuid,
    'pos', 125, 'EUR', 'till-07', now(), now() + interval '1 day')
