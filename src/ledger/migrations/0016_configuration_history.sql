-- Who changed which setting, the newest first. Such events are few among those of orders; see
-- src/ledger/views/configuration-history.ts.
CREATE INDEX events_of_configuration ON events (account_id, id) WHERE order_id IS NULL AND kind = ANY (ARRAY[
  'connection_created', 'connection_changed', 'connection_removed', 'address_confirmed',
  'route_created', 'route_changed', 'route_removed', 'mapping_changed',
  'notifications_created', 'notifications_changed', 'retention_created', 'retention_changed']);
