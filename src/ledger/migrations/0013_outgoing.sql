-- Webhooks and messages to chats: which notices wait for whom, and how each receiver answers.

-- When it was noted who gets it besides by mail. What is older is not sent any more.
ALTER TABLE notices ADD COLUMN handed_out_at timestamptz;
UPDATE notices SET handed_out_at = at;
CREATE INDEX notices_not_handed_out ON notices (account_id, at) WHERE handed_out_at IS NULL;

CREATE TABLE outgoing (
  notice_id uuid NOT NULL REFERENCES notices ON DELETE CASCADE,
  account_id text NOT NULL REFERENCES accounts,
  -- 'slack', or 'webhook ' and the hash of its address.
  receiver text NOT NULL,
  made_at timestamptz NOT NULL,
  -- Not before; later than made_at where the receiver has refused this one.
  next_at timestamptz NOT NULL,
  -- Why this one was refused: cause and fix.
  trouble jsonb,
  -- When it was taken, or given up.
  ended_at timestamptz,
  taken boolean NOT NULL DEFAULT false,
  PRIMARY KEY (notice_id, receiver)
);
CREATE INDEX outgoing_waiting ON outgoing (account_id, receiver, made_at) WHERE ended_at IS NULL;
CREATE INDEX outgoing_given_up ON outgoing (account_id, ended_at) WHERE NOT taken;

-- Receivers that take nothing at the moment: how often in a row, why, and when they are tried again.
CREATE TABLE receivers (
  account_id text NOT NULL REFERENCES accounts,
  receiver text NOT NULL,
  failures integer NOT NULL,
  trouble jsonb,
  next_at timestamptz,
  PRIMARY KEY (account_id, receiver)
);
