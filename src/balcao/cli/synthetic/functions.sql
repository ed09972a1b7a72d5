create or replace function pg_temp.id(kind text, number bigint) returns uuid language sql stable
return md5(current_setting('app.tenant_id') || ':' || kind || ':' || number::text)::uuid;

create or replace function pg_temp.lot(kind text, number bigint) returns int language sql stable
return (hashtextextended(current_setting('app.tenant_id') || kind || number::text, current_setting('app.lot')::bigint)
  & 2147483647)::int;
