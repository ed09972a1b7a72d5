-- One synthetic shop. Ids are digests of the tenant and what they name, so every statement finds the rows of the others.
-- pg_temp.id(kind, number) and pg_temp.lot(kind, number) are made by functions.sql.

insert into stores (tenant_id, id, slug, name, description, latitude, longitude, postal_code, street, number, district, city,
  state, phone, pix_key, pix_receiver, payment_methods, accept_minutes)
values (:tenant, pg_temp.id('store', 1), 'centro', 'Centro', 'Loja sintética, para trabalhos de carga.', -23.55052,
  -46.633308, '01001000', 'Praça da Sé', '1', 'Sé', 'São Paulo', 'SP', '+551134567890',
  '123e4567-e12b-12d1-a456-426655440000', 'LOJA DE CARGA', '{pix,cash,card_on_delivery}', 0);

insert into store_hours (tenant_id, id, store_id, weekday, opens, closes)
select :tenant, pg_temp.id('hours', d), pg_temp.id('store', 1), d, '00:00', '00:00' from generate_series(0, 6) d;

insert into delivery_areas (tenant_id, id, store_id, kind, name, priority, metres_min, metres_max, districts, city, fee_cents,
  min_order_cents, free_above_cents, eta_min, eta_max)
values
  (:tenant, pg_temp.id('area', 1), pg_temp.id('store', 1), 'district', 'Sé e República', 10, null, null, '{Sé,República}',
   'São Paulo', 500, 0, 12000, 20, 40),
  (:tenant, pg_temp.id('area', 2), pg_temp.id('store', 1), 'km', 'Até 4 km', 100, 0, 4000, '{}', '', 800, 1500, null, 30, 50),
  (:tenant, pg_temp.id('area', 3), pg_temp.id('store', 1), 'km', 'De 4 a 12 km', 100, 4000, 12000, '{}', '', 1400, 3000, null,
   45, 80);

insert into categories (tenant_id, id, name, position)
select :tenant, pg_temp.id('category', n - 1), c, n - 1
from unnest(cast(:categories as text[])) with ordinality as c(c, n);

insert into products (tenant_id, id, category_id, code, name, description, search_text, position, tags)
select :tenant, pg_temp.id('product', g.n), pg_temp.id('category', g.shelf), g.n, g.name,
  g.name || ', feito no dia com o que há de melhor na feira.', g.search, g.n,
  case when g.n % 10 = 0 then '{mais pedido}'::text[] else '{}' end
from unnest(cast(:names as text[]), cast(:search as text[]), cast(:shelves as int[])) with ordinality as g(name, search, shelf, n);

-- Every fourth product comes in two sizes.
insert into skus (tenant_id, id, product_id, name, price_cents, position)
select :tenant, pg_temp.id('sku', g.n * 10 + size), pg_temp.id('product', g.n),
  case when g.n % 4 <> 0 then '' when size = 0 then 'Pequeno' else 'Grande' end, g.price * (size + 1) - 100 * size, size
from unnest(cast(:prices as int[])) with ordinality as g(price, n), generate_series(0, case when g.n % 4 = 0 then 1 else 0 end) size;

insert into option_groups (tenant_id, id, name, pricing_mode)
values (:tenant, pg_temp.id('group', 1), 'Ponto', 'highest'), (:tenant, pg_temp.id('group', 2), 'Adicionais', 'sum');

insert into options (tenant_id, id, group_id, name, price_cents, max_per_item, position)
select :tenant, pg_temp.id('option', o.grp * 10 + o.n), pg_temp.id('group', o.grp), o.name, o.price, 1, o.n
from (values (1, 1, 'Bem assado', 0), (1, 2, 'Ao ponto', 0), (1, 3, 'Com cobertura', 250), (2, 1, 'Queijo extra', 400),
  (2, 2, 'Geleia da casa', 350), (2, 3, 'Embalagem de presente', 600), (2, 4, 'Velinha', 200)) o(grp, n, name, price);

insert into product_option_groups (tenant_id, id, product_id, group_id, min_choices, max_choices, position)
select :tenant, pg_temp.id('link', p.code * 10 + g), p.id, pg_temp.id('group', g), case g when 1 then 1 else 0 end,
  case g when 1 then 1 else 3 end, g
from products p, generate_series(1, 2) g
where p.tenant_id = :tenant and ((g = 1 and p.code % 3 = 0) or (g = 2 and p.code % 5 = 0));

insert into customers (tenant_id, id, phone, name, email)
select :tenant, pg_temp.id('customer', n), '+55119' || lpad(n::text, 8, '0'),
  (cast(:people as text[]))[1 + pg_temp.lot('name', n) % cardinality(cast(:people as text[]))],
  case when n % 3 = 0 then 'cliente' || n || '@' || cast(:slug as text) || '.example' end
from generate_series(1, greatest(1, cast(:orders as int) / 3)) n;

-- Orders first as a plan: who, when, how, and how far it came. The newest twentieth is still on its way through the shop.
create temporary table plan on commit drop as
with numbered as (
  select n, greatest(6, cast(:orders as int) / 20) as open_ones from generate_series(1, cast(:orders as int)) n
), timed as (
  select n, n > cast(:orders as int) - open_ones as is_open,
    case when n > cast(:orders as int) - open_ones
      then cast(:now as timestamptz) - interval '100 minutes' * (cast(:orders as int) - n + 1) / open_ones
      else cast(:now as timestamptz) - interval '3 hours'
        - (interval '60 days' - interval '3 hours') * (1 - n::float8 / greatest(1, cast(:orders as int) - open_ones)) end as placed_at,
    (cast(:orders as int) - n)::float8 / open_ones as waited,
    case when pg_temp.lot('way', n) % 10 < 7 then 'delivery' else 'pickup' end as fulfilment,
    (array['pix', 'pix', 'pix', 'cash', 'card_on_delivery'])[1 + pg_temp.lot('pays', n) % 5] as method,
    pg_temp.lot('fate', n) % 100 as fate
  from numbered
), staged as (
  select *, case
    when is_open and method = 'pix' and waited < 0.15 then 'awaiting_payment'
    when is_open and waited < 0.3 then 'received'
    when is_open and waited < 0.45 then 'confirmed'
    when is_open and waited < 0.65 then 'preparing'
    when is_open and waited < 0.85 then 'ready'
    when is_open and fulfilment = 'delivery' then 'out_for_delivery'
    when is_open then 'picked_up'
    when fate < 4 and method = 'pix' then 'expired'
    when fate < 9 then 'canceled'
    else 'completed' end as status
  from timed
)
select n, pg_temp.id('order', n) as id, placed_at, fulfilment, method, status,
  1 + pg_temp.lot('who', n) % greatest(1, cast(:orders as int) / 3) as customer,
  case when method = 'pix' then '{awaiting_payment}'::text[] else '{}' end || case
    when status = 'awaiting_payment' then '{}'
    when status = 'expired' then '{expired}'
    when status = 'canceled' then '{received,canceled}'
    else (steps)[1:array_position(steps, status)] end as path
from staged, lateral (select array['received', 'confirmed', 'preparing', 'ready']
  || case fulfilment when 'delivery' then '{out_for_delivery,delivered,completed}'::text[] else '{picked_up,completed}' end as steps) s;

create temporary table plan_lines on commit drop as
with chosen as (
  -- Products 2, 26, 50 and 74 are counted by the day; the past has no days, so nobody bought them.
  select p.id as order_id, p.n, place, 1 + (pg_temp.lot('what', p.n * 10 + place) % cardinality(cast(:names as text[]))) as code,
    1 + pg_temp.lot('many', p.n * 10 + place) % 3 as quantity
  from plan p, generate_series(0, pg_temp.lot('lines', p.n) % 4) place
), sold as (
  select c.*, case when code % 24 = 2 then code - 1 else code end as product from chosen c
)
select s.order_id, s.n, s.place, pr.id as product_id, pr.name, k.id as sku_id, k.name as sku_name, s.quantity,
  k.price_cents, coalesce(o.cents, 0) as options_cents, coalesce(o.options, '[]') as options
from sold s
join products pr on pr.tenant_id = :tenant and pr.code = s.product
join skus k on k.tenant_id = :tenant
  and k.id = pg_temp.id('sku', s.product * 10 + case when s.product % 4 = 0 then pg_temp.lot('size', s.n) % 2 else 0 end)
left join lateral (
  select sum(op.price_cents) as cents, jsonb_agg(jsonb_build_object('option_id', op.id, 'group', g.name, 'name', op.name,
    'quantity', 1, 'price_cents', op.price_cents) order by g.id, op.position) as options
  from product_option_groups l
  join option_groups g on g.tenant_id = :tenant and g.id = l.group_id
  join options op on op.tenant_id = :tenant and op.group_id = g.id
    and op.position = 1 + pg_temp.lot('option', s.n * 10 + s.place) % 3
  where l.tenant_id = :tenant and l.product_id = pr.id
    and (l.min_choices > 0 or pg_temp.lot('extra', s.n * 10 + s.place) % 2 = 0)) o on true;

insert into orders (tenant_id, id, store_id, customer_id, code, fulfilment, status, tracking_hash, tracking_expires_at,
  customer_name, customer_phone, customer_email, address, metres, promised_at, payment_method, change_for_cents, subtotal_cents,
  shipping_cents, total_cents, placed_at, due_at, version)
select :tenant, p.id, pg_temp.id('store', 1), c.id, p.n, p.fulfilment, p.status,
  encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'), p.placed_at + interval '30 days', c.name, c.phone,
  c.email, case p.fulfilment when 'delivery' then cast(:address as jsonb) end, case p.fulfilment when 'delivery' then 700 end,
  p.placed_at + interval '45 minutes', p.method, case when p.method = 'cash' then t.subtotal + 5000 end, t.subtotal,
  s.fee, t.subtotal + s.fee, p.placed_at,
  case p.status when 'awaiting_payment' then cast(:now as timestamptz) + interval '32 minutes'
    when 'picked_up' then cast(:now as timestamptz) + interval '12 hours' end, cardinality(p.path)
from plan p
join customers c on c.tenant_id = :tenant and c.id = pg_temp.id('customer', p.customer)
join (select order_id, sum(quantity * (price_cents + options_cents)) as subtotal from plan_lines group by order_id) t
  on t.order_id = p.id
cross join lateral (select case when p.fulfilment = 'delivery' and t.subtotal < 12000 then 500 else 0 end as fee) s;

insert into order_lines (tenant_id, id, order_id, position, product_id, sku_id, name, sku_name, quantity, unit_price_cents,
  options_cents, options, total_cents)
select :tenant, pg_temp.id('line', n * 10 + place), order_id, place, product_id, sku_id, name, sku_name, quantity, price_cents,
  options_cents, options, quantity * (price_cents + options_cents)
from plan_lines;

insert into order_events (tenant_id, id, order_id, kind, from_status, to_status, actor, at)
select :tenant, pg_temp.id('event', p.n * 10 + step), p.id, case step when 1 then 'placed' else 'status' end,
  case when step > 1 then p.path[step - 1] end, p.path[step], case step when 1 then 'buyer' else 'system' end,
  least(p.placed_at + interval '7 minutes' * (step - 1), cast(:now as timestamptz))
from plan p, generate_series(1, cardinality(p.path)) step;

insert into payments (tenant_id, id, subject_kind, subject_id, method, status, amount_cents, txid, expires_at, approved_at,
  approved_by, created_at, version)
select :tenant, pg_temp.id('payment', p.n), 'store.order', p.id, p.method, s.status, o.total_cents,
  case p.method when 'pix' then 'P' || p.n end,
  case when p.method <> 'pix' then null when p.status = 'awaiting_payment' then cast(:now as timestamptz) + interval '30 minutes'
    else p.placed_at + interval '30 minutes' end,
  case when s.status = 'approved' then p.placed_at + interval '3 minutes' end,
  case when s.status = 'approved' then 'system' end, p.placed_at, 1
from plan p
join orders o on o.tenant_id = :tenant and o.id = p.id
cross join lateral (select case
  when p.status in ('expired', 'canceled') then p.status
  when p.status = 'completed' or (p.method = 'pix' and p.status <> 'awaiting_payment') then 'approved'
  else 'pending' end as status) s;

update customers c set last_order_at = o.at
from (select customer_id, max(placed_at) as at from orders where tenant_id = :tenant group by customer_id) o
where c.tenant_id = :tenant and c.id = o.customer_id;

insert into order_counters (tenant_id, id, last_code) values (:tenant, :tenant, :orders);

-- Stock: one product in four is counted. What came in is what went out, what is promised, and what is left.
create temporary table plan_stock on commit drop as
select l.sku_id, l.order_id, p.placed_at, p.status, sum(l.quantity)::int as quantity,
  p.status in ('out_for_delivery', 'picked_up', 'delivered', 'completed') as is_gone,
  p.status in ('expired', 'canceled') as is_released
from plan_lines l join plan p on p.id = l.order_id
join products pr on pr.tenant_id = :tenant and pr.id = l.product_id and pr.code % 4 = 1
group by l.sku_id, l.order_id, p.placed_at, p.status;

insert into stock_items (tenant_id, id, store_id, sku_id, track, on_hand, reserved, daily_quota, low_threshold)
select :tenant, pg_temp.id('stock', pr.code), pg_temp.id('store', 1), k.id,
  case when pr.code % 24 = 2 then 'daily' else 'quantity' end,
  case when pr.code % 24 = 2 then 0 else coalesce(u.held, 0) + 20 + pg_temp.lot('left', pr.code) % 80 end, coalesce(u.held, 0),
  case when pr.code % 24 = 2 then 30 end, 10
from products pr
join skus k on k.tenant_id = :tenant and k.product_id = pr.id
left join (select sku_id, sum(quantity) filter (where not is_gone and not is_released) as held from plan_stock group by sku_id) u
  on u.sku_id = k.id
where pr.tenant_id = :tenant and (pr.code % 4 = 1 or pr.code % 24 = 2);

insert into stock_movements (tenant_id, id, stock_item_id, kind, on_hand, reserved, actor, at)
select :tenant, pg_temp.id('movement', pr.code), i.id, 'receive',
  i.on_hand + coalesce((select sum(quantity) from plan_stock s where s.sku_id = i.sku_id and is_gone), 0), 0, 'system',
  cast(:now as timestamptz) - interval '61 days'
from stock_items i
join skus k on k.tenant_id = :tenant and k.id = i.sku_id
join products pr on pr.tenant_id = :tenant and pr.id = k.product_id
where i.tenant_id = :tenant and i.track = 'quantity';

insert into stock_movements (tenant_id, id, stock_item_id, kind, on_hand, reserved, order_id, actor, at)
select :tenant, gen_random_uuid(), i.id, m.kind, m.on_hand, m.reserved, s.order_id, m.actor,
  least(s.placed_at + m.later, cast(:now as timestamptz))
from plan_stock s
join stock_items i on i.tenant_id = :tenant and i.sku_id = s.sku_id
cross join lateral (values
  ('reserve', 0, s.quantity, 'buyer', interval '0', true),
  ('commit', -s.quantity, -s.quantity, 'system', interval '35 minutes', s.is_gone),
  ('release', 0, -s.quantity, 'system', interval '35 minutes', s.is_released)) m(kind, on_hand, reserved, actor, later, happened)
where m.happened;

