-- Mails: what has been told of problems, outages and gaps, and to whom each notice went.

ALTER TABLE problems ADD COLUMN told_at timestamptz;
UPDATE problems SET told_at = opened_at;
CREATE INDEX problems_not_told ON problems (account_id, opened_at) WHERE told_at IS NULL AND closed_at IS NULL;

-- When people last heard of a kind of problem: one they have not heard of for long is news at once.
CREATE TABLE told_kinds (
  account_id text NOT NULL REFERENCES accounts,
  code text NOT NULL,
  told_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, code)
);

-- The last state of a connection that people were told of, and since when it was that.
ALTER TABLE connections ADD COLUMN told_health text, ADD COLUMN told_health_at timestamptz;

ALTER TABLE gaps ADD COLUMN told_at timestamptz;
UPDATE gaps SET told_at = closed_at WHERE closed_at IS NOT NULL;
CREATE INDEX gaps_not_told ON gaps (account_id) WHERE told_at IS NULL AND closed_at IS NOT NULL;

-- When every address that wants it has had it by mail. What is older than the mails is not sent any more.
ALTER TABLE notices ADD COLUMN mailed_at timestamptz;
UPDATE notices SET mailed_at = at;
CREATE INDEX notices_not_mailed ON notices (account_id, at) WHERE mailed_at IS NULL;

CREATE TABLE mailed_notices (
  notice_id uuid NOT NULL REFERENCES notices ON DELETE CASCADE,
  account_id text NOT NULL REFERENCES accounts,
  address text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (notice_id, address)
);

-- Kinds of notices that an address does not want by mail.
CREATE TABLE unwanted_mails (
  account_id text NOT NULL REFERENCES accounts,
  address text NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (account_id, address, kind)
);
