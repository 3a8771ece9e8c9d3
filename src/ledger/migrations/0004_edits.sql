-- What changes at the channel after an order was posted, what people decided about it, and what was then done with the
-- record.

ALTER TABLE orders
  -- The version whose difference to the record a person has left as it is.
  ADD COLUMN ignored_raw_id uuid REFERENCES raw_payloads,
  -- When it was decided to keep the record though the channel had cancelled the order.
  ADD COLUMN cancel_kept_at timestamptz;
-- For the check of the reference when old versions are removed.
CREATE INDEX orders_by_ignored_raw ON orders (ignored_raw_id) WHERE ignored_raw_id IS NOT NULL;
CREATE INDEX orders_to_decide ON orders (account_id, placed_at DESC NULLS FIRST, id DESC)
  WHERE changed_after_posting_at IS NOT NULL OR cancel_requested_at IS NOT NULL;

ALTER TABLE routes
  ADD COLUMN cancelled_after_posting text NOT NULL DEFAULT 'ask'
    CHECK (cancelled_after_posting IN ('ask', 'cancel', 'keep'));

CREATE TABLE record_changes (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  order_id uuid NOT NULL REFERENCES orders,
  kind text NOT NULL CHECK (kind IN ('update', 'replace', 'cancel')),
  -- "sending": a request may have been sent, and nobody knows yet what became of it.
  state text NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'refused')),
  -- The version of the order for which it was asked.
  raw_id uuid NOT NULL REFERENCES raw_payloads,
  -- The record it is about: the order has another one after a replacement.
  record_id text NOT NULL,
  record_number text,
  actor text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- Until then a lost request may still be running at the backend.
  unknown_until timestamptz,
  ended_at timestamptz,
  -- Why it was refused or waits, what was written, what people had edited.
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX one_open_record_change ON record_changes (order_id) WHERE ended_at IS NULL;
CREATE INDEX record_changes_of_order ON record_changes (order_id, asked_at);
CREATE INDEX record_changes_by_raw ON record_changes (raw_id);
