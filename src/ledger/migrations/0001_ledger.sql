-- Times come from the program's clock, never from the database's: a test moves days in milliseconds.
-- Every row names its account (the merchant), so that many merchants and row-level security can follow.

CREATE TABLE accounts (
  id text PRIMARY KEY,
  name text NOT NULL
);
INSERT INTO accounts (id, name) VALUES ('main', 'Main account');

CREATE TABLE settings (
  account_id text NOT NULL REFERENCES accounts,
  key text NOT NULL,
  value jsonb NOT NULL,
  PRIMARY KEY (account_id, key)
);

CREATE TABLE connections (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('channel', 'backend')),
  kind text NOT NULL,
  -- As the configuration file writes it: "${NAME}" in the place of each secret.
  config jsonb NOT NULL,
  -- The secret values by their path in `config`, as one encrypted JSON document.
  secrets bytea NOT NULL,
  hook_secret bytea,
  webhook_state jsonb,
  identity text,
  -- False after a change of settings: the account proves that it is the same one before anything is read or sent.
  identity_checked boolean NOT NULL DEFAULT false,
  identity_name text,
  time_zone text,
  health text NOT NULL DEFAULT 'new'
    CHECK (health IN ('new', 'healthy', 'failing', 'down', 'needs_reauthorisation')),
  health_since timestamptz NOT NULL,
  health_problem jsonb,
  failures int NOT NULL DEFAULT 0,
  blocked_until timestamptz,
  paused_at timestamptz,
  paused_by text,
  last_success_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (account_id, name)
);

CREATE TABLE routes (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  name text NOT NULL,
  channel_id uuid NOT NULL REFERENCES connections,
  backend_id uuid NOT NULL REFERENCES connections,
  statuses text[] NOT NULL,
  since timestamptz NOT NULL,
  every_ms int NOT NULL,
  post_automatic boolean NOT NULL,
  auto_cancel jsonb,
  mapping jsonb NOT NULL,
  removed_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (account_id, name)
);
CREATE INDEX routes_by_channel ON routes (channel_id);
CREATE INDEX routes_by_backend ON routes (backend_id);

CREATE TABLE cursors (
  connection_id uuid NOT NULL REFERENCES connections,
  account_id text NOT NULL REFERENCES accounts,
  -- What is read: 'orders' of a channel, 'shipments' of a backend.
  stream text NOT NULL,
  modified_at timestamptz NOT NULL,
  row_id text,
  page jsonb,
  read_at timestamptz,
  PRIMARY KEY (connection_id, stream)
);

CREATE TABLE gaps (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  connection_id uuid NOT NULL REFERENCES connections,
  from_at timestamptz NOT NULL,
  to_at timestamptz,
  problem jsonb NOT NULL,
  orders_found int NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE UNIQUE INDEX one_open_gap ON gaps (connection_id) WHERE closed_at IS NULL AND to_at IS NULL;

CREATE TABLE raw_payloads (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  connection_id uuid NOT NULL REFERENCES connections,
  channel_order_id text NOT NULL,
  sha256 bytea NOT NULL,
  -- zstd
  body bytea NOT NULL,
  received_at timestamptz NOT NULL,
  UNIQUE (connection_id, channel_order_id, sha256)
);

CREATE TABLE orders (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  route_id uuid NOT NULL REFERENCES routes,
  channel_id uuid NOT NULL REFERENCES connections,
  backend_id uuid NOT NULL REFERENCES connections,
  channel_order_id text NOT NULL,
  number text NOT NULL,
  status text NOT NULL,
  -- Why it is held or cancelled, in words; `hold` and `cancel_reason` are the same for programs.
  reason text,
  hold jsonb,
  cancel_reason text,
  status_before_cancel text,
  import_anyway boolean NOT NULL DEFAULT false,
  channel_status text,
  placed_at timestamptz,
  modified_at timestamptz,
  first_seen_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  currency text,
  total numeric,
  customer_name text,
  customer_email text,
  skus text[] NOT NULL DEFAULT '{}',
  raw_id uuid NOT NULL REFERENCES raw_payloads,
  posted_raw_id uuid REFERENCES raw_payloads,
  external_id text NOT NULL,
  -- How often a person asked for another record in the backend.
  replacements int NOT NULL DEFAULT 0,
  record_id text,
  record_number text,
  record_url text,
  record_lines jsonb,
  record_total numeric,
  total_accepted boolean NOT NULL DEFAULT false,
  posted_at timestamptz,
  post_attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  -- Until then a lost request may still be running at the backend.
  unknown_until timestamptz,
  cancels_at timestamptz,
  changed_after_posting_at timestamptz,
  cancel_requested_at timestamptz,
  UNIQUE (channel_id, channel_order_id)
);
CREATE INDEX orders_newest ON orders (account_id, placed_at DESC NULLS FIRST, id DESC);
CREATE INDEX orders_by_status ON orders (account_id, status, placed_at DESC NULLS FIRST, id DESC);
CREATE INDEX orders_by_number ON orders (account_id, number);
CREATE INDEX orders_by_channel_order_id ON orders (account_id, channel_order_id);
CREATE INDEX orders_by_record ON orders (backend_id, record_id) WHERE record_id IS NOT NULL;
CREATE UNIQUE INDEX orders_by_external_id ON orders (backend_id, external_id);

CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  order_id uuid REFERENCES orders,
  connection_id uuid REFERENCES connections,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  status_from text,
  status_to text,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_of_order ON events (order_id, id);
CREATE INDEX events_of_connection ON events (connection_id, id) WHERE connection_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only';
END $$;
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON events
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE workers (
  id uuid PRIMARY KEY,
  -- Held as a session advisory lock for as long as the worker lives.
  lock_key bigint NOT NULL UNIQUE,
  role text NOT NULL,
  host text NOT NULL,
  pid int NOT NULL,
  started_at timestamptz NOT NULL
);

CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  kind text NOT NULL,
  -- At most one job of a kind for a key.
  key text NOT NULL,
  -- Whose slot the job needs: a job calls one connection only.
  connection_id uuid NOT NULL REFERENCES connections,
  order_id uuid REFERENCES orders,
  payload jsonb NOT NULL DEFAULT '{}',
  priority int NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  worker uuid REFERENCES workers,
  -- Asked for again while it ran: it is put back instead of being removed.
  again_at timestamptz,
  UNIQUE (kind, key)
);
CREATE INDEX jobs_due ON jobs (connection_id, priority, run_at) WHERE worker IS NULL;
CREATE INDEX jobs_next ON jobs (connection_id, run_at) WHERE worker IS NULL;
CREATE INDEX jobs_of_worker ON jobs (worker) WHERE worker IS NOT NULL;
CREATE INDEX jobs_of_order ON jobs (order_id) WHERE order_id IS NOT NULL;

-- "At most n calls at once to this account, over all processes": one row for each.
CREATE TABLE slots (
  connection_id uuid NOT NULL REFERENCES connections,
  account_id text NOT NULL REFERENCES accounts,
  n int NOT NULL,
  worker uuid REFERENCES workers,
  -- A dead worker's call may still be running at the other side until then.
  free_at timestamptz,
  PRIMARY KEY (connection_id, n)
);
CREATE INDEX slots_of_worker ON slots (worker) WHERE worker IS NOT NULL;

CREATE TABLE attempts (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  order_id uuid NOT NULL REFERENCES orders,
  kind text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  -- Null: not known. Its request may have been answered without us.
  outcome text,
  detail text,
  -- What was sent and what came back, redacted, as zstd-compressed JSON.
  exchanges bytea
);
CREATE INDEX attempts_of_order ON attempts (order_id, started_at);

CREATE TABLE shipments (
  -- Permanent and written into the channel: derived from the backend's fulfilment.
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  order_id uuid NOT NULL REFERENCES orders,
  backend_shipment_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'error')),
  carrier text,
  tracking_numbers text[] NOT NULL,
  shipped_at timestamptz NOT NULL,
  lines jsonb NOT NULL,
  completes_order boolean NOT NULL,
  channel_shipment_id text,
  -- Until then a lost request may still be running at the channel.
  unknown_until timestamptz,
  seen_at timestamptz NOT NULL,
  sent_at timestamptz
);
CREATE INDEX shipments_of_order ON shipments (order_id);

CREATE TABLE problems (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  order_id uuid REFERENCES orders,
  shipment_id text REFERENCES shipments,
  connection_id uuid NOT NULL REFERENCES connections,
  code text NOT NULL,
  subject text NOT NULL,
  fingerprint text NOT NULL,
  detail text NOT NULL,
  vendor_message text,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE INDEX open_problems ON problems (account_id, fingerprint) WHERE closed_at IS NULL;
CREATE INDEX open_problems_of_order ON problems (order_id) WHERE closed_at IS NULL;

CREATE TABLE webhooks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  connection_id uuid NOT NULL REFERENCES connections,
  subscription text NOT NULL,
  delivery text NOT NULL,
  body_hash bytea NOT NULL,
  topic text NOT NULL,
  -- zstd
  body bytea NOT NULL,
  received_at timestamptz NOT NULL,
  UNIQUE (connection_id, subscription, delivery, body_hash)
);

CREATE TABLE imports (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  connection_id uuid NOT NULL REFERENCES connections,
  actor text NOT NULL,
  anyway boolean NOT NULL,
  from_at timestamptz,
  to_at timestamptz,
  created_at timestamptz NOT NULL,
  finished_at timestamptz
);

CREATE TABLE import_items (
  import_id uuid NOT NULL REFERENCES imports,
  account_id text NOT NULL REFERENCES accounts,
  query text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'imported', 'already_here', 'held', 'unreadable', 'not_found', 'failed')),
  order_id uuid REFERENCES orders,
  detail text,
  PRIMARY KEY (import_id, query)
);

CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts,
  -- A one-time link is a session to be: used once, it becomes one.
  kind text NOT NULL CHECK (kind IN ('link', 'session', 'api')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  used_at timestamptz
);
