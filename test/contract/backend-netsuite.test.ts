import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { signedHeader } from '../../src/connectors/netsuite/auth.ts'
import { netsuite } from '../../src/connectors/netsuite/index.ts'
import type { AnyBackend } from '../../src/connectors/index.ts'
import {
  startSandboxNetSuite,
  type SandboxNetSuite,
  type SeedData,
} from '../../src/sandbox/netsuite/index.ts'
import { movableClock } from '../support/chance.ts'
import { describeBackend, type BackendUnderTest } from './backend-suite.ts'

const seed: SeedData = {
  currencies: [
    { id: 1, symbol: 'EUR', name: 'Euro', digits: 2 },
    { id: 2, symbol: 'JPY', name: 'Yen', digits: 0 },
    { id: 3, symbol: 'KWD', name: 'Dinar', digits: 3 },
  ],
  subsidiaries: [{ id: 1, name: 'Parent GmbH', currency: 1, country: 'DE' }],
  taxCodes: [
    { id: 11, name: 'VAT_19', rate: '19' },
    { id: 12, name: 'VAT_7', rate: '7' },
  ],
  items: [
    { id: 1, itemId: 'MUG', displayName: 'Mug' },
    { id: 2, itemId: 'TEA', displayName: 'Tea' },
    { id: 51, itemId: 'DHL', type: 'ShipItem' },
  ],
  customers: [{ companyName: 'Somebody else', subsidiary: { id: '1' } }],
  lists: { pricelevel: [{ id: 1, name: 'Base Price' }], location: [{ id: 1, name: 'Warehouse' }] },
  mandatoryFields: [],
  orderStatus: 'A',
}

const mapping = {
  shipping: { methods: { parcel: 51 } },
  tax: { codes: { '19': 11, '7': 12 } },
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

type Credentials = (sandbox: SandboxNetSuite) => { right: object; wrong: object }

const oauth2: Credentials = ({ credentials }) => {
  const { clientId, certificateId, privateKey } = credentials.oauth2
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return {
    right: { clientId, certificateId, privateKey },
    wrong: { clientId, certificateId, privateKey: other.export({ type: 'pkcs8', format: 'pem' }) },
  }
}

const tokenBased: Credentials = ({ credentials }) => ({
  right: credentials.tba,
  wrong: { ...credentials.tba, tokenSecret: 'another' },
})

const setUp = (timeZone: string, credentials: Credentials) => async (): Promise<BackendUnderTest> => {
  const clock = movableClock('2026-03-02T10:00:00Z')
  const sandbox = await startSandboxNetSuite({ port: 0, now: clock.now, seed, timeZone, concurrency: 20 })
  const { right, wrong } = credentials(sandbox)
  const config = (given: object) =>
    netsuite.config.parse({
      account: sandbox.account,
      url: sandbox.url,
      credentials: right,
      timeout: '2s',
      ...given,
    })
  const good = (result: { ok: boolean; error?: string }) => {
    if (!result.ok) throw new Error(result.error)
  }
  /** What somebody else does in the account, over another integration. */
  const somebody = async (method: string, path: string, body: object): Promise<string> => {
    const url = `${sandbox.url}/services/rest/record/v1/${path}`
    const seconds = String(Math.floor(clock.now().getTime() / 1000))
    const nonce = randomUUID().replaceAll('-', '')
    const authorization = signedHeader(
      sandbox.credentials.tba,
      sandbox.account,
      { method, url },
      nonce,
      seconds,
    )
    const answer = await fetch(url, { method, headers: { authorization }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.headers.get('location')?.split('/').at(-1) ?? ''
  }
  return {
    backend: netsuite as AnyBackend,
    config: config({}),
    wrongCredentials: config({ credentials: wrong }),
    unreachable: config({ url: `http://127.0.0.1:${await freePort()}` }),
    mapping,
    now: clock.now,
    advance: clock.advance,
    person: {
      addItem: (sku) => void sandbox.control.addItem({ itemId: sku }),
      setItemActive: (sku, active) => good(sandbox.control.changeItem(sku, { inactive: !active })),
      ship: (recordId, { tracking, lines }) =>
        good(sandbox.control.ship(recordId, { tracking, carrier: 'DHL', ...(lines && { lines }) })),
      track: (recordId, numbers) => {
        for (const { id } of sandbox.records.fulfillments(recordId))
          good(sandbox.control.track(id, { numbers }))
      },
      async shipForeignOrder() {
        const item = { items: [{ item: { id: '1' }, quantity: 1, rate: 5, price: { id: '-1' } }] }
        const id = await somebody('POST', 'salesOrder', { entity: { id: '1' }, memo: 'foreign', item })
        good(sandbox.control.ship(id))
      },
      editMemo: async (recordId, memo) => void (await somebody('PATCH', `salesOrder/${recordId}`, { memo })),
      memo: (recordId) => sandbox.records.order(recordId)?.memo ?? null,
      deleteRecord: (recordId) => good(sandbox.control.deleteOrder(recordId)),
      records: (externalId) =>
        sandbox.records.orders().filter((order) => order.externalId === externalId).length,
      customers: (externalId) =>
        sandbox.records.customers().filter((customer) => customer.externalId === externalId).length,
    },
    faults: {
      loseNextAnswer: () => sandbox.control.fault({ kind: 'loseAnswer', times: 1, path: 'salesOrder' }),
      failNextWrite: () => sandbox.control.fault({ kind: 'error500', times: 1, path: 'salesOrder' }),
      failReads: () => sandbox.control.fault({ kind: 'error500' }),
      throttle: () => sandbox.control.fault({ kind: 'overload400' }),
      answerWithPages: () => sandbox.control.fault({ kind: 'webPage' }),
      clear: () => sandbox.control.clearFaults(),
    },
    close: () => sandbox.close(),
  }
}

describeBackend('NetSuite, with OAuth 2.0', setUp('America/Los_Angeles', oauth2))
describeBackend('NetSuite, with token-based authentication', setUp('Asia/Kolkata', tokenBased))
