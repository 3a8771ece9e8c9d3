-- How much a connection is used, by the hour: kept for some days, for people to look at. No order depends on it.
CREATE TABLE connection_hours (
  connection_id uuid NOT NULL REFERENCES connections,
  account_id text NOT NULL REFERENCES accounts,
  -- When the hour begins.
  hour timestamptz NOT NULL,
  calls integer NOT NULL,
  -- Those of them that got no answer, or one by which nothing was done for any order: a refused login, a broken server.
  failed integer NOT NULL,
  -- Those of them that the other side refused for being too many.
  throttled integer NOT NULL,
  -- How long all of them took together.
  busy_ms bigint NOT NULL,
  -- The most at once.
  peak integer NOT NULL,
  -- How many took how long: see src/latency.ts.
  latency integer[] NOT NULL,
  PRIMARY KEY (connection_id, hour)
);
CREATE INDEX connection_hours_by_age ON connection_hours (account_id, hour);

-- What a connection needs and what ends by itself: its credentials, the certificate of its address.
CREATE TABLE expiries (
  connection_id uuid NOT NULL REFERENCES connections,
  account_id text NOT NULL REFERENCES accounts,
  kind text NOT NULL,
  ends_at timestamptz NOT NULL,
  -- How many days before the end people were told last; null: not yet.
  warned_days integer,
  PRIMARY KEY (connection_id, kind)
);
