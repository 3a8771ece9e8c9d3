-- The comparison of channel, ledger and backend over a window. What agrees is counted and forgotten, what differs is kept.

CREATE TABLE reconciliations (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  channel_id uuid NOT NULL REFERENCES connections,
  backend_id uuid NOT NULL REFERENCES connections,
  -- 'waybill' for the daily one, else who asked.
  actor text NOT NULL,
  -- Days are those of the shop. Orders placed from from_at on and before to_at.
  time_zone text NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  step text NOT NULL CHECK (step IN ('channel', 'unlisted', 'backend', 'missing', 'unknown', 'explain', 'done')),
  -- Where the step stands.
  page jsonb,
  -- Why it cannot go on just now, or was given up, in words.
  trouble text,
  created_at timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE INDEX reconciliations_of_channel ON reconciliations (channel_id, created_at DESC);

CREATE TABLE reconciliation_orders (
  reconciliation_id uuid NOT NULL REFERENCES reconciliations,
  account_id text NOT NULL REFERENCES accounts,
  -- The channel's id of the order, or "record:ID" for a record of the backend that is not the order's own.
  subject text NOT NULL,
  -- The shop's day, YYYY-MM-DD.
  day text NOT NULL,
  order_id uuid REFERENCES orders,
  at_channel boolean NOT NULL DEFAULT false,
  in_backend boolean NOT NULL DEFAULT false,
  -- What this reconciliation brought into the ledger: the order, or a newer version of it.
  imported text CHECK (imported IN ('new', 'changed')),
  -- What was found out about it at either side beyond being there.
  channel_finding text,
  backend_finding text,
  note text,
  record_id text,
  record_number text,
  -- When its record was first not there: looked at once more before that is believed.
  missed_at timestamptz,
  -- Null until it is explained.
  verdict text CHECK (verdict IN ('same', 'imported', 'explained', 'unexplained')),
  kind text,
  detail text,
  PRIMARY KEY (reconciliation_id, subject)
);

CREATE TABLE reconciliation_days (
  reconciliation_id uuid NOT NULL REFERENCES reconciliations,
  account_id text NOT NULL REFERENCES accounts,
  day text NOT NULL,
  at_channel int NOT NULL,
  in_ledger int NOT NULL,
  in_backend int NOT NULL,
  imported int NOT NULL,
  explained int NOT NULL,
  unexplained int NOT NULL,
  PRIMARY KEY (reconciliation_id, day)
);

-- A person knows that the record is not in the backend any more, and lets it be.
ALTER TABLE orders ADD COLUMN missing_accepted boolean NOT NULL DEFAULT false;
