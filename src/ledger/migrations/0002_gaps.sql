-- A gap has a beginning and an end in the channel's own time, is read in the background beside what is new, and closes
-- when a reading of all of it has found nothing that the ledger does not have.

ALTER TABLE cursors
  -- When a page was read last, to the end or not: how long nothing was read.
  ADD COLUMN touched_at timestamptz;

ALTER TABLE gaps
  ALTER COLUMN problem DROP NOT NULL,
  ADD COLUMN reason text NOT NULL DEFAULT 'down'
    CHECK (reason IN ('down', 'needs_reauthorisation', 'paused', 'not_running', 'webhooks')),
  -- When it could be read again, by our clock; `to_at` is the same moment by the channel's.
  ADD COLUMN ended_at timestamptz,
  -- `from_at` by the channel's clock: orders placed since then were placed meanwhile.
  ADD COLUMN placed_from timestamptz,
  -- Where its reading begins: the cursor of then, less what is read twice anyway.
  ADD COLUMN read_from timestamptz,
  -- The window that is being read and where in it, and the time that has been reached.
  ADD COLUMN position jsonb,
  ADD COLUMN reached_at timestamptz,
  -- It is read again and again until a pass finds nothing new: the present pass, its beginning, what it has found.
  ADD COLUMN pass int NOT NULL DEFAULT 1,
  ADD COLUMN pass_began_at timestamptz,
  ADD COLUMN found_in_pass int NOT NULL DEFAULT 0,
  -- When the pass began that found nothing new.
  ADD COLUMN confirmed_at timestamptz,
  -- Why a part of it cannot be read: it lies further back than the channel lists.
  ADD COLUMN out_of_reach jsonb,
  ADD COLUMN closed_by text;

-- Until now the cursor itself went through what had been missed, and it still stands where it has to.
UPDATE gaps SET closed_at = to_at WHERE closed_at IS NULL AND to_at IS NOT NULL;

ALTER TABLE connections
  -- Where the address has redirected to, and whether the same shop was proved to be there.
  ADD COLUMN move jsonb,
  -- Deliveries to its webhook that were refused, and when the last one came.
  ADD COLUMN hooks_refused bigint NOT NULL DEFAULT 0,
  ADD COLUMN hook_refused_at timestamptz,
  ADD COLUMN hook_refused_why text;
