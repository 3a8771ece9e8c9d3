-- Views of the list of orders that people have saved, for everybody of the account: a name, and what it shows.

CREATE TABLE saved_views (
  account_id text NOT NULL REFERENCES accounts,
  -- The name as names are compared: a database's own lower() knows ASCII alone where its locale is C.
  key text NOT NULL,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
  -- Filters and columns by their names.
  query jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, key)
);
