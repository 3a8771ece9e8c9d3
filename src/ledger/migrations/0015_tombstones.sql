-- What stays of an order that a person has deleted: enough to say so, and to keep it from coming back unasked.
-- See docs/adr/deleting-leaves-a-tombstone.md.

CREATE TABLE tombstones (
  -- The id that the order had.
  order_id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  channel_id uuid NOT NULL REFERENCES connections,
  channel_order_id text NOT NULL,
  number text NOT NULL,
  -- The status it had.
  status text NOT NULL,
  deleted_at timestamptz NOT NULL,
  deleted_by text NOT NULL,
  -- In the words of who deleted it.
  why text,
  UNIQUE (channel_id, channel_order_id)
);
CREATE INDEX tombstones_by_number ON tombstones (account_id, number);
CREATE INDEX tombstones_by_channel_order_id ON tombstones (account_id, channel_order_id);

-- Events are never changed, and go only with all the rest of an order whose tombstone is there.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM tombstones WHERE order_id = OLD.order_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'events are append-only';
END $$;

-- Whoever takes orders in looks for tombstones first. One that is made after that look is met here; the error is of the
-- class of broken constraints, for which an order is taken in once more, with more care.
CREATE FUNCTION refuse_deleted_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM added JOIN tombstones USING (channel_id, channel_order_id)) THEN
    RAISE EXCEPTION 'a person has deleted this order' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER deleted_orders_stay_away AFTER INSERT ON orders
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_deleted_orders();

ALTER TABLE import_items
  DROP CONSTRAINT import_items_state_check,
  ADD CONSTRAINT import_items_state_check CHECK (state IN
    ('waiting', 'imported', 'already_here', 'held', 'unreadable', 'not_found', 'deleted', 'failed'));

-- The order that a delivery is about, where it is one.
ALTER TABLE webhooks ADD COLUMN channel_order_id text;

-- For the check of the references when orders are deleted.
CREATE INDEX problems_of_order ON problems (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX import_items_of_order ON import_items (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX reconciliation_orders_of_order ON reconciliation_orders (order_id) WHERE order_id IS NOT NULL;
