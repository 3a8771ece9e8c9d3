import type { DatabaseSync } from 'node:sqlite'

/**
 * What SuiteQL shows, named as in NetSuite's Records Catalog. A column `df__x` beside a column `x` is its display
 * value for BUILTIN.DF(x); queries cannot name it. As in the real one, `transaction` has no subsidiary and no total:
 * the line has the one, `foreigntotal` is the other.
 */
const flag = (expression: string) => `CASE ${expression} WHEN 1 THEN 'T' ELSE 'F' END`
const name = (table: string, column: string, value = 'name') =>
  `(SELECT r.${value} FROM ${table} r WHERE r.id = ${column})`
const listed = (kind: string, column: string) =>
  `(SELECT r.name FROM ns_list r WHERE r.kind = '${kind}' AND r.id = ${column})`

export const statusNames: Record<string, Record<string, string>> = {
  SalesOrd: {
    A: 'Pending Approval',
    B: 'Pending Fulfillment',
    C: 'Cancelled',
    D: 'Partially Fulfilled',
    E: 'Pending Billing/Partially Fulfilled',
    F: 'Pending Billing',
    G: 'Billed',
    H: 'Closed',
  },
  ItemShip: { A: 'Picked', B: 'Packed', C: 'Shipped' },
}

export const typeNames: Record<string, string> = { SalesOrd: 'Sales Order', ItemShip: 'Item Fulfillment' }

const statusRows = Object.entries(statusNames).flatMap(([type, names]) =>
  Object.entries(names).map(
    ([id, label]) =>
      `SELECT '${id}' id, '${type}' trantype, '${label}' name, '${typeNames[type]} : ${label}' fullname`,
  ),
)
const typeName = `CASE t.type ${Object.entries(typeNames)
  .map(([type, label]) => `WHEN '${type}' THEN '${label}'`)
  .join(' ')} END`

const entityName = (column: string) => name('ns_customer', column, 'entity_id')
const itemName = (column: string) => name('ns_item', column, 'item_id')
const documentName = (column: string) =>
  `(SELECT CASE r.type WHEN 'SalesOrd' THEN 'Sales Order #' ELSE 'Item Fulfillment #' END || r.tran_id
    FROM ns_transaction r WHERE r.id = ${column})`

const fixed: Record<string, string> = {
  transactionstatus: statusRows.join(' UNION ALL '),
  transactionline: `SELECT l.transaction_id "transaction", l.line id, l.key uniquekey, l.line linesequencenumber,
    ${flag('l.main')} mainline, ${flag('l.tax_line')} taxline, l.item, ${itemName('l.item')} df__item,
    l.item_type itemtype, CAST(l.quantity AS NUMERIC) quantity, CAST(l.rate AS NUMERIC) rate,
    CAST(l.amount AS NUMERIC) foreignamount,
    CAST(l.amount AS NUMERIC) * CAST(t.exchange_rate AS NUMERIC) netamount,
    l.tax_code taxcode, ${name('ns_tax_code', 'l.tax_code')} df__taxcode, l.description memo,
    t.subsidiary, ${name('ns_subsidiary', 't.subsidiary')} df__subsidiary,
    t.entity, ${entityName('t.entity')} df__entity, l.location, ${listed('location', 'l.location')} df__location,
    ${flag('l.closed')} isclosed, CAST(l.fulfilled AS NUMERIC) quantityshiprecv,
    CASE WHEN CAST(l.fulfilled AS NUMERIC) >= -CAST(l.quantity AS NUMERIC) THEN 'T' ELSE 'F' END isfullyshipped,
    l.created_from createdfrom, ${documentName('l.created_from')} df__createdfrom,
    CASE WHEN t.type = 'ItemShip' AND l.main = 0 AND l.cogs = 0 THEN 'T' ELSE 'F' END isinventoryaffecting,
    ${flag('l.cogs')} iscogs, t.modified_local linelastmodifieddate
    FROM ns_line l JOIN ns_transaction t ON t.id = l.transaction_id`,
  item: `SELECT i.id, i.item_id itemid, i.item_id fullname, i.display_name displayname, i.type itemtype,
    'Sale' subtype, ${flag('i.inactive')} isinactive, i.upc upccode, i.mpn, i.external_id externalid,
    i.display_name description, i.subsidiary, i.created_local createddate, i.modified_local lastmodifieddate
    FROM ns_item i WHERE i.type <> 'ShipItem'`,
  shipitem: `SELECT i.id, i.item_id itemid, i.display_name displayname, ${flag('i.inactive')} isinactive,
    i.external_id externalid FROM ns_item i WHERE i.type = 'ShipItem'`,
  customer: `SELECT c.id, c.entity_id entityid, c.external_id externalid,
    ${flag('c.is_person')} isperson, c.first_name firstname, c.last_name lastname, c.company_name companyname,
    COALESCE(c.company_name, c.first_name || ' ' || c.last_name) altname, c.entity_id fullname,
    c.email, c.phone, ${flag('c.inactive')} isinactive, c.currency, ${name('ns_currency', 'c.currency')} df__currency,
    c.created_local datecreated, c.modified_local lastmodifieddate FROM ns_customer c`,
  customersubsidiaryrelationship: `SELECT r.customer * 1000 + r.subsidiary id, r.customer entity,
    ${entityName('r.customer')} df__entity, r.subsidiary, ${name('ns_subsidiary', 'r.subsidiary')} df__subsidiary,
    CASE WHEN c.subsidiary = r.subsidiary THEN 'T' ELSE 'F' END isprimarysub
    FROM ns_customer_subsidiary r JOIN ns_customer c ON c.id = r.customer`,
  customercurrencybalance: `SELECT r.customer * 1000 + r.currency id, r.customer, r.currency,
    ${name('ns_currency', 'r.currency')} df__currency FROM ns_customer_currency r`,
  subsidiary: `SELECT s.id, s.name, s.name fullname, s.parent, s.currency,
    ${name('ns_currency', 's.currency')} df__currency, s.country, ${flag('s.inactive')} isinactive,
    'F' iselimination FROM ns_subsidiary s`,
  currency: `SELECT c.id, c.symbol, c.name, c.digits currencyprecision,
    CAST(c.exchange_rate AS NUMERIC) exchangerate, ${flag('c.inactive')} isinactive FROM ns_currency c`,
  salestaxitem: `SELECT x.id, x.name itemid, x.name fullname, x.name description,
    CAST(x.rate AS NUMERIC) / 100.0 rate, ${flag('x.inactive')} isinactive FROM ns_tax_code x`,
  trackingnumber: 'SELECT n.id, n.number trackingnumber FROM ns_tracking n',
  trackingnumbermap: `SELECT m.id, m.transaction_id "transaction", m.tracking trackingnumber,
    ${name('ns_tracking', 'm.tracking', 'number')} df__trackingnumber FROM ns_tracking_map m`,
  transactionshipment: `SELECT t.id, t.id doc, t.ship_method shippingmethod,
    ${itemName('t.ship_method')} df__shippingmethod FROM ns_transaction t WHERE t.type = 'ItemShip'`,
  dual: "SELECT 'X' dummy",
}

const link = `SELECT k.previous_doc previousdoc, ${documentName('k.previous_doc')} df__previousdoc,
  k.previous_line previousline, p.type previoustype, k.next_doc nextdoc, ${documentName('k.next_doc')} df__nextdoc,
  k.next_line nextline, n.type nexttype, k.type linktype, k.modified_local lastmodifieddate
  FROM ns_link k JOIN ns_transaction p ON p.id = k.previous_doc JOIN ns_transaction n ON n.id = k.next_doc`
fixed['previoustransactionlinelink'] = link
fixed['nexttransactionlinelink'] = link
const documentLink = `SELECT DISTINCT k.previous_doc previousdoc, ${documentName('k.previous_doc')} df__previousdoc,
  p.type previoustype, k.next_doc nextdoc, ${documentName('k.next_doc')} df__nextdoc, n.type nexttype,
  k.type linktype FROM ns_link k JOIN ns_transaction p ON p.id = k.previous_doc
  JOIN ns_transaction n ON n.id = k.next_doc`
fixed['previoustransactionlink'] = documentLink
fixed['nexttransactionlink'] = documentLink

for (const kind of ['location', 'department', 'classification', 'paymentmethod', 'pricelevel', 'term'])
  fixed[kind] = `SELECT r.id, r.name, r.name fullname, ${flag('r.inactive')} isinactive
    FROM ns_list r WHERE r.kind = '${kind}'`

const transaction = (
  customFields: string[],
) => `SELECT t.id, t.type, ${typeName} df__type, t.record_type recordtype,
  t.tran_id tranid, t.tran_id transactionnumber, ${typeName} || ' #' || t.tran_id trandisplayname,
  t.external_id externalid, t.entity, ${entityName('t.entity')} df__entity, t.tran_date trandate,
  t.created_local createddate, t.modified_local lastmodifieddate, t.status,
  (SELECT s.fullname FROM transactionstatus s WHERE s.trantype = t.type AND s.id = t.status) df__status,
  t.memo, t.other_ref_num otherrefnum, t.email, t.currency, ${name('ns_currency', 't.currency')} df__currency,
  CAST(t.exchange_rate AS NUMERIC) exchangerate, CAST(t.total AS NUMERIC) foreigntotal,
  t.ship_method shipmethod, ${itemName('t.ship_method')} df__shipmethod, t.ship_carrier shipcarrier,
  'F' voided, CASE t.type WHEN 'SalesOrd' THEN 'F' ELSE 'T' END posting
  ${customFields.map((field) => `, json_extract(t.body, '$.${field}') ${field}`).join('')}
  FROM ns_transaction t`

/** Makes the views anew: custom fields of orders become columns of `transaction`. */
export function createViews(db: DatabaseSync): void {
  const customFields = db.prepare('SELECT name FROM ns_custom_field ORDER BY name').all()
  const views = { ...fixed, transaction: transaction(customFields.map((row) => String(row['name']))) }
  db.exec('BEGIN')
  for (const [view, query] of Object.entries(views))
    db.exec(`DROP VIEW IF EXISTS "${view}"; CREATE VIEW "${view}" AS ${query}`)
  db.exec('COMMIT')
  catalogues.delete(db)
}

const catalogues = new WeakMap<DatabaseSync, ReadonlyMap<string, string[]>>()

/** Tables that SuiteQL may name, with their columns in order. */
export function readCatalogue(db: DatabaseSync): ReadonlyMap<string, string[]> {
  const known = catalogues.get(db)
  if (known !== undefined) return known
  const catalogue = new Map<string, string[]>()
  for (const view of [...Object.keys(fixed), 'transaction'])
    catalogue.set(
      view,
      db
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all(view)
        .map((row) => String(row['name'])),
    )
  catalogues.set(db, catalogue)
  return catalogue
}
