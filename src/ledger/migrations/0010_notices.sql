-- What people are told of by themselves, and the giving up on orders in error, which waits for it.

CREATE TABLE notices (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  kind text NOT NULL,
  connection_id uuid REFERENCES connections,
  at timestamptz NOT NULL,
  -- What it says, by its kind.
  detail jsonb NOT NULL DEFAULT '{}',
  -- When a person had it before their eyes.
  delivered_at timestamptz
);
CREATE INDEX notices_newest_first ON notices (account_id, at DESC, id DESC);
CREATE INDEX notices_not_delivered ON notices (account_id) WHERE delivered_at IS NULL;

-- Which warnings were given that an order is going to be cancelled, since it last stopped.
CREATE TABLE cancel_warnings (
  order_id uuid NOT NULL REFERENCES orders,
  account_id text NOT NULL REFERENCES accounts,
  -- How long before the end it was to come.
  before_ms bigint NOT NULL,
  notice_id uuid NOT NULL REFERENCES notices,
  PRIMARY KEY (order_id, before_ms)
);
CREATE INDEX cancel_warnings_of_notice ON cancel_warnings (notice_id);

-- Up to when the time of a route's orders in error has been counted: it stands still while their connections do not work.
ALTER TABLE routes ADD COLUMN aged_until timestamptz;
CREATE INDEX orders_by_end ON orders (route_id, cancels_at) WHERE cancels_at IS NOT NULL;
