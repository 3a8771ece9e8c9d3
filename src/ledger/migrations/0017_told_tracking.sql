-- The carrier and the tracking numbers that the channel was told last: { carrier, numbers }. Null: not told yet.
ALTER TABLE shipments ADD COLUMN told jsonb;
UPDATE shipments SET told = jsonb_build_object('carrier', carrier, 'numbers', to_jsonb(tracking_numbers))
  WHERE status = 'sent';
