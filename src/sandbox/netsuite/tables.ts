import { DatabaseSync } from 'node:sqlite'
import { createViews } from './suiteql/views.ts'

/**
 * The sandbox's own tables. Amounts are exact decimals kept as text; quantities of lines are signed as SuiteQL shows
 * them. `body` holds what the record API needs and no query asks for.
 */
const schema = `
CREATE TABLE IF NOT EXISTS ns_setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ns_list (
  kind TEXT NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, inactive INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, id)
) STRICT;
CREATE TABLE IF NOT EXISTS ns_currency (
  id INTEGER PRIMARY KEY, symbol TEXT NOT NULL UNIQUE, name TEXT NOT NULL, digits INTEGER NOT NULL,
  exchange_rate TEXT NOT NULL DEFAULT '1', inactive INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS ns_subsidiary (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent INTEGER, currency INTEGER NOT NULL, country TEXT NOT NULL,
  inactive INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS ns_tax_code (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, rate TEXT NOT NULL, inactive INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS ns_item (
  id INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, display_name TEXT, type TEXT NOT NULL,
  inactive INTEGER NOT NULL DEFAULT 0, upc TEXT, mpn TEXT, external_id TEXT UNIQUE, base_price TEXT,
  subsidiary INTEGER, created TEXT NOT NULL, modified TEXT NOT NULL, created_local TEXT NOT NULL,
  modified_local TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ns_item_by_item_id ON ns_item (item_id);
CREATE TABLE IF NOT EXISTS ns_customer (
  id INTEGER PRIMARY KEY AUTOINCREMENT, entity_id TEXT NOT NULL UNIQUE, external_id TEXT UNIQUE,
  is_person INTEGER NOT NULL, first_name TEXT, last_name TEXT, company_name TEXT, email TEXT, phone TEXT,
  subsidiary INTEGER NOT NULL, currency INTEGER NOT NULL, inactive INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL,
  created TEXT NOT NULL, modified TEXT NOT NULL, created_local TEXT NOT NULL, modified_local TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ns_customer_by_email ON ns_customer (email);
CREATE TABLE IF NOT EXISTS ns_customer_currency (
  customer INTEGER NOT NULL REFERENCES ns_customer ON DELETE CASCADE, currency INTEGER NOT NULL,
  PRIMARY KEY (customer, currency)
) STRICT;
CREATE TABLE IF NOT EXISTS ns_customer_subsidiary (
  customer INTEGER NOT NULL REFERENCES ns_customer ON DELETE CASCADE, subsidiary INTEGER NOT NULL,
  PRIMARY KEY (customer, subsidiary)
) STRICT;
CREATE TABLE IF NOT EXISTS ns_transaction (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, record_type TEXT NOT NULL, tran_id TEXT NOT NULL,
  external_id TEXT UNIQUE, entity INTEGER NOT NULL, subsidiary INTEGER NOT NULL, currency INTEGER NOT NULL,
  exchange_rate TEXT NOT NULL, tran_date TEXT NOT NULL, status TEXT NOT NULL, memo TEXT, other_ref_num TEXT,
  email TEXT, subtotal TEXT, discount_total TEXT, shipping_cost TEXT, shipping_tax TEXT, tax_total TEXT,
  total TEXT NOT NULL, ship_method INTEGER, ship_carrier TEXT, created_from INTEGER, locked INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL, created_local TEXT NOT NULL,
  modified_local TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ns_transaction_by_modified ON ns_transaction (type, modified_local);
CREATE TABLE IF NOT EXISTS ns_line (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  transaction_id INTEGER NOT NULL REFERENCES ns_transaction ON DELETE CASCADE, line INTEGER NOT NULL,
  main INTEGER NOT NULL DEFAULT 0, tax_line INTEGER NOT NULL DEFAULT 0, cogs INTEGER NOT NULL DEFAULT 0,
  item INTEGER, item_type TEXT, quantity TEXT, rate TEXT, amount TEXT NOT NULL DEFAULT '0', tax_code INTEGER,
  tax_amount TEXT, description TEXT, closed INTEGER NOT NULL DEFAULT 0, fulfilled TEXT NOT NULL DEFAULT '0',
  created_from INTEGER, order_line INTEGER, location INTEGER, body TEXT NOT NULL DEFAULT '{}',
  UNIQUE (transaction_id, line)
) STRICT;
CREATE INDEX IF NOT EXISTS ns_line_by_created_from ON ns_line (created_from);
CREATE TABLE IF NOT EXISTS ns_tracking (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ns_tracking_map (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  transaction_id INTEGER NOT NULL REFERENCES ns_transaction ON DELETE CASCADE, tracking INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS ns_link (
  previous_doc INTEGER NOT NULL REFERENCES ns_transaction ON DELETE CASCADE, previous_line INTEGER NOT NULL,
  next_doc INTEGER NOT NULL REFERENCES ns_transaction ON DELETE CASCADE, next_line INTEGER NOT NULL,
  type TEXT NOT NULL, modified_local TEXT NOT NULL, PRIMARY KEY (previous_doc, previous_line, next_doc, next_line)
) STRICT;
CREATE INDEX IF NOT EXISTS ns_link_by_next ON ns_link (next_doc);
CREATE INDEX IF NOT EXISTS ns_tracking_map_by_transaction ON ns_tracking_map (transaction_id);
CREATE TABLE IF NOT EXISTS ns_custom_field (name TEXT PRIMARY KEY, label TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ns_token (
  hash TEXT PRIMARY KEY, client TEXT NOT NULL, expires_at TEXT NOT NULL
) STRICT;
`

/** Opens the sandbox's tables: in memory, or in a file that survives a restart. */
export function openTables(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: true })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA case_sensitive_like = ON')
  db.exec(schema)
  createViews(db)
  return db
}

/** True when the tables hold nothing yet: a file that is opened again keeps what it has. */
export const isEmpty = (db: DatabaseSync): boolean =>
  db.prepare('SELECT 1 FROM ns_currency LIMIT 1').get() === undefined
