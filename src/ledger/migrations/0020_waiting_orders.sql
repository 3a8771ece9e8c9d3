-- Orders that are stopped or held are spread over all the years of a ledger: to add up what they are worth, each had to be
-- read where it is. These indexes have all that is added up. Without the rule that holds an order, which is a part of a
-- column that may be long: each rule has its own.
CREATE INDEX orders_stopped ON orders (account_id, id) INCLUDE (status, route_id, currency, total, cancels_at)
  WHERE status IN ('import_error', 'post_error', 'shipment_error');
CREATE INDEX orders_held_for_status ON orders (account_id, placed_at DESC NULLS FIRST, id DESC)
  INCLUDE (route_id, channel_status, currency, total) WHERE status = 'held' AND hold ->> 'rule' = 'status';
CREATE INDEX orders_held_before_start ON orders (account_id, placed_at DESC NULLS FIRST, id DESC)
  INCLUDE (route_id, currency, total) WHERE status = 'held' AND hold ->> 'rule' = 'before_start_date';
CREATE INDEX orders_held_otherwise ON orders (account_id, placed_at DESC NULLS FIRST, id DESC)
  WHERE status = 'held' AND hold ->> 'rule' NOT IN ('status', 'before_start_date');
