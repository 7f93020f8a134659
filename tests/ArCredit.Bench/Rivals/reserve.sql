-- One round trip for everything: lock, look-up, decision, update, insert. Autocommit ends it.
create function reserve(
    p_account text, p_key text, p_fingerprint bytea, p_id uuid, p_kind text, p_amount bigint, p_currency text, p_reference text,
    p_created timestamptz, p_expires timestamptz,
    out verdict text, out reservation_id uuid, out exposure_after bigint, out credit_limit bigint, out created_at timestamptz, out expires_at timestamptz)
language plpgsql as $$
declare
    a record;
    r record;
begin
    select x.credit_limit, x.exposure, x.currency into a from account x where x.account_id = p_account for update;
    if not found then
        verdict := 'unknown-account';
        return;
    end if;

    select x.* into r from reservation x where x.account_id = p_account and x.idempotency_key = p_key;
    if found then
        verdict := case when r.fingerprint = p_fingerprint then r.outcome else 'key-reused' end;
        reservation_id := r.reservation_id;
        exposure_after := r.exposure_after;
        credit_limit := r.credit_limit;
        created_at := r.created_at;
        expires_at := r.expires_at;
        return;
    end if;

    if a.currency <> p_currency then
        verdict := 'wrong-currency';
        return;
    end if;

    reservation_id := p_id;
    exposure_after := a.exposure + p_amount;
    credit_limit := a.credit_limit;
    created_at := p_created;
    expires_at := p_expires;
    if exposure_after <= a.credit_limit then
        verdict := 'approved';
        update account x set exposure = x.exposure + p_amount where x.account_id = p_account;
    else
        verdict := 'declined';
    end if;

    insert into reservation values (
        p_id, p_account, p_key, p_fingerprint, verdict, p_kind, p_amount, exposure_after, credit_limit, p_reference, p_created, p_expires);
end
$$;
