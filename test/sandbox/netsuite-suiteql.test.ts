import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { Client, firstError, lines, makeClock, order, startSandbox } from './netsuite-client.ts'

const clock = makeClock()
let sandbox: SandboxNetSuite
let client: Client

beforeAll(async () => {
  sandbox = await startSandbox({ now: clock.now })
  client = await Client.signIn(sandbox, clock.now())
  await client.makeOrder(
    order({
      externalId: 'wb_1',
      memo: "it's a memo",
      custbody_channel: 'shop',
      ...lines(
        { item: { id: '1' }, quantity: 2, rate: 10, taxCode: { id: '11' } },
        { item: { id: '2' }, quantity: 1 },
      ),
      shipMethod: { id: '7' },
      shippingCost: 4.9,
    }),
  )
  clock.advance(1800_000)
  await client.makeOrder(order({ externalId: 'wb_2', orderStatus: { id: 'A' } }))
  sandbox.control.ship('wb_1', { tracking: 'JJD1', carrier: 'DHL', lines: [{ line: 1, quantity: 1 }] })
})
afterAll(() => sandbox.close())

const prefix = 'Invalid search query. Detailed unprocessed description follows. '
const unsupported = `${prefix}Search error occurred: Invalid or unsupported search.`

describe('a page', () => {
  it('has texts alone, leaves nulls out, and says where it is', async () => {
    const answer = await client.suiteql(
      'SELECT id, itemid, upccode, isinactive FROM item WHERE id IN (1, 2) ORDER BY id',
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      links: [{ rel: 'self', href: `${sandbox.url}/services/rest/query/v1/suiteql` }],
      count: 2,
      hasMore: false,
      items: [
        { links: [], id: '1', itemid: 'TEA', upccode: '4006381333931', isinactive: 'F' },
        { links: [], id: '2', itemid: 'CUP', isinactive: 'F' },
      ],
      offset: 0,
      totalResults: 2,
    })
  })

  it('has at most 1,000 rows, of at most 100,000', async () => {
    for (let at = 0; at < 1005; at++) sandbox.control.addItem({ itemId: `BULK-${at}` })
    const first = await client.suiteql("SELECT id FROM item WHERE itemid LIKE 'BULK-%' ORDER BY id")
    expect(first.body).toMatchObject({ count: 1000, hasMore: true, totalResults: 1005, offset: 0 })
    const rest = await client.suiteql(
      "SELECT id FROM item WHERE itemid LIKE 'BULK-%' ORDER BY id",
      '?limit=1000&offset=1000',
    )
    expect(rest.body).toMatchObject({ count: 5, hasMore: false, offset: 1000 })
    const all = await client.suiteql('SELECT a.id FROM item a, item b', '?limit=5&offset=99995')
    expect(all.body).toMatchObject({ totalResults: 100_000, count: 5, hasMore: false })
  })

  it.each([
    ['?limit=1001', 'limit'],
    ['?limit=0', 'limit'],
    ['?limit=x', 'limit'],
    ['?limit=10&offset=15', 'offset'],
    ['?offset=-1', 'offset'],
  ])('is refused with %s', async (page, parameter) => {
    const answer = await client.suiteql('SELECT id FROM item', page)
    expect([answer.status, firstError(answer)['o:errorQueryParam']]).toEqual([400, parameter])
  })

  it('wants Prefer: transient, and a query', async () => {
    const without = await client.call('POST', 'query/v1/suiteql', { q: 'SELECT id FROM item' })
    expect([
      without.status,
      firstError(without)['o:errorCode'],
      firstError(without)['o:errorHeader'],
    ]).toEqual([400, 'INVALID_HEADER', 'Prefer'])
    const headers = { prefer: 'transient' }
    expect((await client.call('POST', 'query/v1/suiteql', { query: 'SELECT 1' }, headers)).status).toBe(400)
    expect((await client.call('POST', 'query/v1/suiteql', { q: 'SELECT 1', p: [] }, headers)).status).toBe(
      400,
    )
  })
})

describe('queries', () => {
  const queries: [query: string, rows: Record<string, string>[]][] = [
    ["SELECT id FROM item WHERE itemid = 'TEA'", [{ id: '1' }]],
    ['select I.ID as "number" from ITEM i where i.ItemId=\'CUP\'', [{ number: '2' }]],
    ["SELECT NVL(upccode, 'none') u FROM item WHERE id = 2", [{ u: 'none' }]],
    ['SELECT COUNT(*) FROM customer', [{ expr1: '2' }]],
    ['SELECT 1, 2 b, 3 FROM dual', [{ expr1: '1', b: '2', expr2: '3' }]],
    [
      "SELECT BUILTIN.DF(entity) who, BUILTIN.DF(t.status) status, BUILTIN.DF(t.currency) FROM transaction t WHERE externalid = 'wb_2'",
      [{ who: 'Ada Byron', status: 'Sales Order : Pending Approval', expr1: 'Euro' }],
    ],
    [
      "SELECT status, foreigntotal, otherrefnum, custbody_channel FROM transaction WHERE externalid = 'wb_1'",
      [{ status: 'D', foreigntotal: '46.7', custbody_channel: 'shop' }],
    ],
    [
      "SELECT tl.quantity, tl.foreignamount a, BUILTIN.DF(tl.item) item, tl.mainline m, tl.taxline x FROM transactionline tl JOIN transaction t ON t.id = tl.transaction WHERE t.externalid = 'wb_1' ORDER BY tl.linesequencenumber",
      [
        { a: '46.7', m: 'T', x: 'F' },
        { quantity: '-2', a: '-20', item: 'TEA', m: 'F', x: 'F' },
        { quantity: '-1', a: '-18', item: 'CUP', m: 'F', x: 'F' },
        { a: '-4.9', item: 'DHL', m: 'F', x: 'F' },
        { a: '-3.8', m: 'F', x: 'T' },
      ],
    ],
    [
      "SELECT memo FROM transaction WHERE memo = 'it''s a memo' -- a remark\n/* and another */",
      [{ memo: "it's a memo" }],
    ],
    ["SELECT id FROM item WHERE itemid LIKE 't%'", []],
    ["SELECT COUNT(*) n FROM item WHERE upccode = ''", [{ n: '0' }]],
    [
      "SELECT DECODE(itemtype, 'InvtPart', 'stock', 'other') d FROM item WHERE id IN (1, 5) ORDER BY id",
      [{ d: 'stock' }, { d: 'other' }],
    ],
    [
      "SELECT CASE WHEN id > 1 THEN 'b' ELSE 'a' END c FROM item WHERE id < 3 ORDER BY 1",
      [{ c: 'a' }, { c: 'b' }],
    ],
    [
      "SELECT LISTAGG(itemid, '/') WITHIN GROUP (ORDER BY itemid DESC) l FROM item WHERE id <= 2",
      [{ l: 'TEA/CUP' }],
    ],
    [
      'SELECT itemtype, COUNT(*) n FROM item WHERE id < 7 GROUP BY itemtype HAVING COUNT(*) > 1 ORDER BY itemtype',
      [{ itemtype: 'InvtPart', n: '4' }],
    ],
    ['SELECT TOP 1 id FROM item ORDER BY id DESC', [{ id: expect.any(String) as unknown as string }]],
    ['SELECT id FROM item ORDER BY id FETCH FIRST 2 ROWS ONLY', [{ id: '1' }, { id: '2' }]],
    ['SELECT id FROM item ORDER BY id OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY', [{ id: '2' }]],
    ['SELECT id, ROWNUM r FROM item WHERE id BETWEEN 2 AND 3 AND ROWNUM <= 1', [{ id: '2', r: '1' }]],
    [
      'SELECT * FROM (SELECT id FROM item WHERE id < 4 ORDER BY id DESC) WHERE ROWNUM < 3',
      [{ id: '3' }, { id: '2' }],
    ],
    [
      'SELECT id FROM item WHERE id = 1 UNION SELECT id FROM item WHERE id = 2 ORDER BY 1',
      [{ id: '1' }, { id: '2' }],
    ],
    ['SELECT id FROM item WHERE id IN (1, 2) MINUS SELECT id FROM item WHERE id = 2', [{ id: '1' }]],
    [
      'WITH cheap AS (SELECT id, itemid FROM item WHERE id < 3) SELECT c.itemid FROM cheap c WHERE c.id = 2',
      [{ itemid: 'CUP' }],
    ],
    [
      'SELECT i.itemid, (SELECT COUNT(*) FROM transactionline l WHERE l.item = i.id) n FROM item i WHERE i.id = 2',
      [{ itemid: 'CUP', n: '1' }],
    ],
    [
      'SELECT id FROM customer c WHERE EXISTS (SELECT 1 FROM transaction t WHERE t.entity = c.id)',
      [{ id: '1' }],
    ],
    [
      'SELECT subsidiary, isprimarysub p FROM customersubsidiaryrelationship WHERE entity = 2',
      [{ subsidiary: '2', p: 'T' }],
    ],
    ['SELECT id, symbol FROM currency WHERE id = 4', [{ id: '4', symbol: 'USD' }]],
    ['SELECT itemid, rate FROM salestaxitem WHERE id = 11', [{ itemid: 'VAT_S', rate: '0.19' }]],
    [
      'SELECT name, parent FROM subsidiary ORDER BY id',
      [{ name: 'Parent GmbH' }, { name: 'Daughter Inc.', parent: '1' }],
    ],
    ['SELECT 1 + 3 / 2 a, 4 / 2 b FROM dual', [{ a: '2.5', b: '2' }]],
    ["SELECT id FROM item WHERE id = '1' AND MOD(id, 2) = 1 AND UPPER(itemid) = 'TEA'", [{ id: '1' }]],
    [
      "SELECT CONCAT(itemid, NULL) c, TO_NUMBER('12') n, GREATEST(1, 3) g, TRUNC(1.29, 1) t, LPAD('7', 3, '0') p FROM item WHERE id = 1",
      [{ c: 'TEA', n: '12', g: '3', t: '1.2', p: '007' }],
    ],
  ]
  it.each(queries)('%s', async (query, rows) => {
    expect(await client.rows(query)).toEqual(rows)
  })

  it('show every column of *, and no other', async () => {
    const [row] = await client.rows("SELECT * FROM transaction WHERE externalid = 'wb_1'")
    expect(row).toMatchObject({ tranid: 'SO1001', type: 'SalesOrd', recordtype: 'salesorder' })
    expect(Object.keys(row!).filter((key) => key.startsWith('df'))).toEqual([])
    expect(row).not.toHaveProperty('subsidiary')
  })
})

describe('dates', () => {
  it("are in the account's zone: a day alone, unless TO_CHAR says otherwise", async () => {
    const rows = await client.rows(
      "SELECT lastmodifieddate d, TO_CHAR(createddate, 'YYYY-MM-DD HH24:MI:SS') t, TO_CHAR(trandate, 'DD.MM.YY') x FROM transaction WHERE externalid = 'wb_2'",
    )
    // 09:30 UTC is 01:30 in Los Angeles
    expect(rows).toEqual([{ d: '3/2/2026', t: '2026-03-02 01:30:00', x: '02.03.26' }])
    expect((await client.get('salesOrder/eid:wb_2')).body['createdDate']).toBe('2026-03-02T09:30:00Z')
    expect(await client.rows('SELECT MAX(lastmodifieddate) m FROM transaction')).toEqual([{ m: '3/2/2026' }])
  })

  it('compare with TO_DATE to the second, and with SYSDATE', async () => {
    const since = (time: string) =>
      client.rows(
        `SELECT externalid e FROM transaction WHERE type = 'SalesOrd' AND createddate >= TO_DATE('${time}', 'YYYY-MM-DD HH24:MI:SS') ORDER BY id`,
      )
    expect(await since('2026-03-02 01:00:00')).toEqual([{ e: 'wb_1' }, { e: 'wb_2' }])
    expect(await since('2026-03-02 01:00:01')).toEqual([{ e: 'wb_2' }])
    expect(await since('2026-03-02 01:30:01')).toEqual([])
    expect(
      await client.rows(
        "SELECT TO_CHAR(SYSDATE, 'HH24:MI') here, TO_CHAR(SYS_EXTRACT_UTC(CURRENT_TIMESTAMP), 'HH24:MI') utc, TO_CHAR(SYSDATE - 1, 'YYYY-MM-DD') y, TO_CHAR(TRUNC(SYSDATE), 'HH24:MI:SS') z FROM dual",
      ),
    ).toEqual([{ here: '01:30', utc: '09:30', y: '2026-03-01', z: '00:00:00' }])
    expect(await client.rows('SELECT id FROM customer WHERE lastmodifieddate > SYSDATE')).toEqual([])
  })
})

describe('a fulfilment', () => {
  it('leads from its order to its tracking number', async () => {
    const rows = await client.rows(`
      SELECT f.tranid, f.status, BUILTIN.DF(f.status) s, BUILTIN.DF(f.shipmethod) carrier, n.trackingnumber,
             l.previousline line, tl.quantity, tl.createdfrom, BUILTIN.DF(tl.createdfrom) origin
      FROM PreviousTransactionLineLink l
      JOIN transaction t ON t.id = l.previousdoc
      JOIN transaction f ON f.id = l.nextdoc AND f.type = 'ItemShip'
      JOIN transactionline tl ON tl.transaction = f.id AND tl.id = l.nextline
      LEFT JOIN TrackingNumberMap m ON m.transaction = f.id
      LEFT JOIN TrackingNumber n ON n.id = m.trackingnumber
      WHERE t.externalid = 'wb_1' AND l.linktype = 'ShipRcpt'`)
    expect(rows).toEqual([
      {
        tranid: 'IF1001',
        status: 'C',
        s: 'Item Fulfillment : Shipped',
        carrier: 'DHL',
        trackingnumber: 'JJD1',
        line: '1',
        quantity: '-1',
        createdfrom: '1',
        origin: 'Sales Order #SO1001',
      },
    ])
  })

  it('has every line twice: the stock that leaves, and its cost', async () => {
    const rows = await client.rows(
      "SELECT tl.quantity q, tl.iscogs c FROM transactionline tl JOIN transaction t ON t.id = tl.transaction WHERE t.type = 'ItemShip' AND tl.mainline = 'F' ORDER BY tl.id",
    )
    expect(rows).toEqual([
      { q: '-1', c: 'F' },
      { q: '1', c: 'T' },
    ])
  })
})

describe('refused', () => {
  const refused: [query: string, detail: string][] = [
    [
      'SELECT nothing FROM item',
      `${prefix}Search error occurred: Unknown identifier 'nothing'. Available identifiers are: {item=item}.`,
    ],
    [
      'SELECT t.subsidiary FROM transaction t',
      `${prefix}Search error occurred: Unknown identifier 'subsidiary'. Available identifiers are: {t=transaction}.`,
    ],
    [
      'SELECT BUILTIN.DF(t.nothing) FROM transaction t',
      `${prefix}Search error occurred: Unknown identifier 'nothing'. Available identifiers are: {t=transaction}.`,
    ],
    ['SELECT id FROM orders', `${prefix}Invalid search type: orders.`],
    [
      'SELECT id FROM item, sqlite_master',
      `${prefix}Search error occurred: Unknown identifier 'sqlite_master'. Available identifiers are: {}.`,
    ],
    [
      'SELECT id FROM ns_item',
      `${prefix}Search error occurred: Unknown identifier 'ns_item'. Available identifiers are: {}.`,
    ],
    [
      'SELECT df__entity FROM transaction',
      `${prefix}Search error occurred: Unknown identifier 'df__entity'. Available identifiers are: {}.`,
    ],
    ['SELECT id FROM item LIMIT 10', unsupported],
    ['SELECT CAST(id AS VARCHAR) FROM item', unsupported],
    ['SELECT id::text FROM item', unsupported],
    ['SELECT [id] FROM item', unsupported],
    ['SELECT id FROM item; SELECT id FROM item', unsupported],
    ['SELECT id FROM item WHERE id = ?', unsupported],
    ["UPDATE item SET itemid = 'x'", unsupported],
    ['DELETE FROM item', unsupported],
    ['WITH x AS (SELECT 1 a FROM dual) DELETE FROM item', unsupported],
    ['INSERT INTO item (id) SELECT 1 FROM dual', unsupported],
    ['PRAGMA table_list', unsupported],
    ["SELECT load_extension('x') FROM dual", unsupported],
    ['SELECT random() FROM item', unsupported],
    [
      "SELECT BUILTIN.CONSOLIDATE(foreigntotal, 'LEDGER', 'DEFAULT', 'DEFAULT', 1, 1, 'DEFAULT') FROM transaction",
      unsupported,
    ],
    ['SELECT id FROM item WHERE ROWNUM <= 5 ORDER BY itemid', unsupported],
    ['SELECT COUNT(*) FROM item WHERE ROWNUM <= 5', unsupported],
    ['SELECT id FROM item WHERE ROWNUM > 5', unsupported],
    ['SELECT id FROM item WHERE id = 1 OR ROWNUM < 2', unsupported],
    ["SELECT id FROM item WHERE itemid = 'unclosed", unsupported],
    ['SELECT id FROM item WHERE (id = 1', unsupported],
    ['SELECT id FROM item a JOIN item b ON a.id = b.id', unsupported],
    ["SELECT id FROM item WHERE lastmodifieddate > TO_DATE('2.3.2026', 'YYYY-MM-DD')", unsupported],
    ['SELECT 1', unsupported],
    ['', unsupported],
  ]
  it.each(refused)('%s', async (query, detail) => {
    const before = sandbox.records.counts()
    const answer = await client.suiteql(query)
    expect(answer.status).toBe(400)
    expect(firstError(answer)).toEqual({
      detail,
      'o:errorQueryParam': 'q',
      'o:errorCode': 'INVALID_PARAMETER',
    })
    expect(sandbox.records.counts()).toEqual(before)
  })
})
