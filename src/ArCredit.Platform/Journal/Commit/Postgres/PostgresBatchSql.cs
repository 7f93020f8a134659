namespace ArCredit.Platform.Journal.Commit.Postgres;

/// <summary>The statements of a lane.</summary>
internal static class PostgresBatchSql
{
    /// <summary>
    /// For the session of a lane, which runs these two statements and nothing else: one plan for good, by index, also
    /// while the tables are still too small for the planner to see why.
    /// </summary>
    public const string Session =
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off";

    /// <summary>
    /// One statement, so one transaction and one round trip. It does not look whether keys are taken, which they hardly ever
    /// are: then it fails as a whole by the keys' index, and <see cref="WriteCarefully"/> is sent instead. <c>lim</c>: for
    /// each account the entry number from which on nothing goes in: -1 when its newest row is not the one its first entry
    /// stands on (the fence), or none.
    /// </summary>
    public const string Write =
        """
        with lim as materialized (
            select array_agg(
                       case when coalesce(j.version, 0) = h.first - 1 and coalesce(j.hash, decode(repeat('00', 32), 'hex')) = h.prev
                            then 2147483647 else -1 end order by h.no) as until
              from unnest($1::text[], $2::bigint[], $3::bytea[]) with ordinality as h(account_id, first, prev, no)
              left join lateral (
                   select x.version, x.hash from journal x
                    where x.account_id = h.account_id order by x.version desc limit 1) j on true
        ),
        """ + Inserts;

    /// <summary>
    /// <see cref="Write"/> for a batch with taken keys. <c>dup</c>: keys that are taken. <c>lim</c>: for each
    /// account the entry number from which on nothing goes in: -1 when its newest row is not the one its first entry
    /// stands on (the fence), its first entry with a taken key, or none. The look-ups are lateral with a limit, so that
    /// they stay one index descent per account or key. Array subscripts of <c>lim</c> replace joins.
    /// </summary>
    public const string WriteCarefully =
        """
        with dup as materialized (
            select k.head, k.entry, k.kind, k.value, a.version, a.fingerprint
              from unnest($4::int[], $5::int[], $6::text[], $7::text[], $8::text[]) as k(head, entry, account_id, kind, value)
             cross join lateral (
                   select a.version, a.fingerprint from account_key a
                    where a.account_id = k.account_id and a.kind = k.kind and a.value = k.value limit 1) a
        ), lim as materialized (
            select array_agg(
                       case when coalesce(j.version, 0) = h.first - 1 and coalesce(j.hash, decode(repeat('00', 32), 'hex')) = h.prev
                            then coalesce(s.entry, 2147483647) else -1 end order by h.no) as until
              from unnest($1::text[], $2::bigint[], $3::bytea[]) with ordinality as h(account_id, first, prev, no)
              left join lateral (
                   select x.version, x.hash from journal x
                    where x.account_id = h.account_id order by x.version desc limit 1) j on true
              left join (select head, min(entry) as entry from dup group by head) s on s.head = h.no
        ),
        """ + Inserts + """

         union all
        select 2, d.entry, d.version, d.fingerprint, d.kind, d.value from dup d
        """;

    private const string Inserts =
        """
        rows_in as (
            insert into journal (account_id, version, type, schema, payload, hash, recorded_at)
            select r.account_id, r.version, r.type, r.schema, r.payload, r.hash, r.recorded_at
              from lim, unnest($11::int[], $12::int[], $13::text[], $14::bigint[], $15::text[], $16::int[], $17::bytea[], $18::bytea[], $19::timestamptz[])
                   as r(head, entry, account_id, version, type, schema, payload, hash, recorded_at)
             where r.entry < lim.until[r.head]
            returning 1
        ), keys_in as (
            insert into account_key (account_id, kind, value, version, fingerprint, expires_at)
            select k.account_id, k.kind, k.value, k.version, k.fingerprint, k.expires_at
              from lim, unnest($4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $20::bigint[], $9::bytea[], $10::timestamptz[])
                   as k(head, entry, account_id, kind, value, version, fingerprint, expires_at)
             where k.entry < lim.until[k.head]
        ), texts_in as (
            insert into erasable_text (account_id, id, salt, body)
            select t.account_id, t.id, t.salt, t.body
              from lim, unnest($21::int[], $22::int[], $23::text[], $24::uuid[], $25::bytea[], $26::text[])
                   as t(head, entry, account_id, id, salt, body)
             where t.entry < lim.until[t.head]
        )
        select 0, (select count(*)::int from rows_in), null::bigint, null::bytea, null::text, null::text
         union all
        select 1, u.no::int, null, null, null, null from lim, unnest(lim.until) with ordinality as u(until, no) where u.until = -1
        """;

    /// <summary>The stored hashes at the given places, by their number in the arrays.</summary>
    public const string ReadBack =
        """
        select e.no::int, j.hash
          from unnest($1::text[], $2::bigint[]) with ordinality as e(account_id, version, no)
         cross join lateral (
               select x.hash from journal x where x.account_id = e.account_id and x.version = e.version limit 1) j
        """;
}
