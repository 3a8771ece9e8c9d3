-- What the list of orders needs to stay quick at a million of them: a text to search, and counts that are kept.
-- Triggers keep both, in the transaction of every change, whoever makes it. See docs/adr/search-and-counts.md.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- How texts are compared in a search: small letters, no accents, and every other letter spelled in digits, because
-- trigrams are made of ASCII letters and digits alone where the database's locale is C. Stable and not strict, so that it
-- is written into the statements that use it: a call for each order would cost as much as the rest of them.
CREATE FUNCTION search_form(given text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT replace(encode(convert_to(
    regexp_replace(normalize(lower(replace(given, '\', '/')), NFKD), '[\u0300-\u036f]', '', 'g'),
    'UTF8'), 'escape'), '\', 'q')
$$;

-- Beside the orders and not in them: a row of orders is written anew, into every index, with each change of status.
CREATE TABLE order_search (
  order_id uuid NOT NULL,
  account_id text NOT NULL,
  -- The record's number comes later than the rest: a row of its own leaves the other alone.
  part text NOT NULL CHECK (part IN ('order', 'record')),
  -- Each name on a line of its own, with a line break before the first and after the last.
  text text NOT NULL,
  -- As in orders: what is found is shown by it.
  placed_at timestamptz,
  -- The first two characters of the order's number; null for its record.
  head text,
  PRIMARY KEY (order_id, part)
);
ALTER TABLE order_search ALTER COLUMN text SET STATISTICS 500;

CREATE FUNCTION order_names(given orders) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT E'\n' || search_form(concat_ws(E'\n', given.number, nullif(given.channel_order_id, given.number),
    given.customer_name, given.customer_email, nullif(array_to_string(given.skus, E'\n'), ''))) || E'\n'
$$;

INSERT INTO order_search (order_id, account_id, part, text, placed_at, head)
  SELECT id, account_id, 'order', order_names(orders), placed_at, left(search_form(number), 2) FROM orders
  UNION ALL
  SELECT id, account_id, 'record', E'\n' || search_form(record_number) || E'\n', placed_at, NULL FROM orders
  WHERE record_number IS NOT NULL
  ORDER BY placed_at;

CREATE INDEX order_search_newest ON order_search (account_id, placed_at DESC NULLS FIRST, order_id DESC);
-- One or two characters are too few for trigrams, and found in too many orders to sort them.
CREATE INDEX order_search_by_head ON order_search (account_id, head, placed_at DESC NULLS FIRST, order_id DESC)
  WHERE head IS NOT NULL;
CREATE INDEX order_search_by_first ON order_search (account_id, left(head, 1), placed_at DESC NULLS FIRST, order_id DESC)
  WHERE head IS NOT NULL;

-- What was written last waits in a list that every search reads through: a short one.
DO $$
BEGIN
  EXECUTE format(
    'CREATE INDEX order_search_trigrams ON order_search USING gin (text %I.gin_trgm_ops) WITH (gin_pending_list_limit = 1024)',
    (SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'pg_trgm'));
END $$;

CREATE FUNCTION keep_order_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM order_search WHERE order_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' OR (OLD.number, OLD.channel_order_id, OLD.customer_name, OLD.customer_email, OLD.skus, OLD.placed_at)
    IS DISTINCT FROM (NEW.number, NEW.channel_order_id, NEW.customer_name, NEW.customer_email, NEW.skus, NEW.placed_at)
  THEN
    INSERT INTO order_search (order_id, account_id, part, text, placed_at, head)
    VALUES (NEW.id, NEW.account_id, 'order', order_names(NEW), NEW.placed_at, left(search_form(NEW.number), 2))
    ON CONFLICT (order_id, part)
      DO UPDATE SET text = excluded.text, placed_at = excluded.placed_at, head = excluded.head;
  END IF;
  IF NEW.record_number IS NOT NULL AND (TG_OP = 'INSERT'
    OR (OLD.record_number, OLD.placed_at) IS DISTINCT FROM (NEW.record_number, NEW.placed_at))
  THEN
    INSERT INTO order_search (order_id, account_id, part, text, placed_at)
    VALUES (NEW.id, NEW.account_id, 'record', E'\n' || search_form(NEW.record_number) || E'\n', NEW.placed_at)
    ON CONFLICT (order_id, part) DO UPDATE SET text = excluded.text, placed_at = excluded.placed_at;
  ELSIF NEW.record_number IS NULL AND TG_OP = 'UPDATE' AND OLD.record_number IS NOT NULL THEN
    DELETE FROM order_search WHERE order_id = NEW.id AND part = 'record';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER order_search_of_new AFTER INSERT OR DELETE ON orders
  FOR EACH ROW EXECUTE FUNCTION keep_order_search();
CREATE TRIGGER order_search_of_changed AFTER UPDATE OF number, channel_order_id, customer_name, customer_email, skus, placed_at, record_number ON orders
  FOR EACH ROW WHEN ((OLD.number, OLD.channel_order_id, OLD.customer_name, OLD.customer_email, OLD.skus, OLD.placed_at, OLD.record_number)
    IS DISTINCT FROM (NEW.number, NEW.channel_order_id, NEW.customer_name, NEW.customer_email, NEW.skus, NEW.placed_at, NEW.record_number))
  EXECUTE FUNCTION keep_order_search();

-- How many orders there are of each status: what was counted last, and beside it the changes since, which only ever
-- come in as new rows. Nobody who changes an order waits for somebody else's count.
CREATE TABLE order_counts (
  account_id text NOT NULL REFERENCES accounts,
  channel_id uuid NOT NULL,
  backend_id uuid NOT NULL,
  status text NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (account_id, channel_id, backend_id, status)
);
INSERT INTO order_counts
  SELECT account_id, channel_id, backend_id, status, count(*) FROM orders GROUP BY 1, 2, 3, 4;
CREATE TABLE order_count_changes (
  account_id text NOT NULL,
  channel_id uuid NOT NULL,
  backend_id uuid NOT NULL,
  -- Null: the order is new, or gone.
  from_status text,
  to_status text,
  n int NOT NULL
);

CREATE FUNCTION count_new_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO order_count_changes
    SELECT account_id, channel_id, backend_id, NULL, status, count(*) FROM added GROUP BY 1, 2, 3, 5 HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_counted AFTER INSERT ON orders
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_new_orders();

CREATE FUNCTION count_changed_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.account_id, OLD.channel_id, OLD.backend_id) = (NEW.account_id, NEW.channel_id, NEW.backend_id)
  THEN
    INSERT INTO order_count_changes
    VALUES (NEW.account_id, NEW.channel_id, NEW.backend_id, OLD.status, NEW.status, 1);
    RETURN NULL;
  END IF;
  INSERT INTO order_count_changes VALUES (OLD.account_id, OLD.channel_id, OLD.backend_id, OLD.status, NULL, 1);
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO order_count_changes VALUES (NEW.account_id, NEW.channel_id, NEW.backend_id, NULL, NEW.status, 1);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER order_counted_again AFTER UPDATE OF status, account_id, channel_id, backend_id ON orders
  FOR EACH ROW WHEN ((OLD.status, OLD.account_id, OLD.channel_id, OLD.backend_id)
    IS DISTINCT FROM (NEW.status, NEW.account_id, NEW.channel_id, NEW.backend_id))
  EXECUTE FUNCTION count_changed_order();
CREATE TRIGGER order_not_counted AFTER DELETE ON orders
  FOR EACH ROW EXECUTE FUNCTION count_changed_order();

-- TRUNCATE comes past the others.
CREATE FUNCTION count_no_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM order_search;
  DELETE FROM order_counts;
  DELETE FROM order_count_changes;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_emptied AFTER TRUNCATE ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION count_no_orders();

CREATE INDEX orders_of_channel ON orders (account_id, channel_id, placed_at DESC NULLS FIRST, id DESC);
CREATE INDEX orders_by_update ON orders (account_id, updated_at DESC, id DESC);
CREATE INDEX orders_by_total ON orders (account_id, currency, total) INCLUDE (status);
CREATE INDEX orders_by_record_number ON orders (account_id, upper(record_number)) WHERE record_number IS NOT NULL;
CREATE INDEX open_problems_by_code ON problems (account_id, code) WHERE closed_at IS NULL;
