import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { woocommerce } from '../../src/connectors/woocommerce/index.ts'

describe('an address that is not confirmed', () => {
  const settings = woocommerce.config.parse({
    url: 'https://shop.example',
    credentials: { consumerKey: 'ck_1', consumerSecret: 'cs_1' },
  })
  const there = (address: string) => woocommerce.moving!.at(settings, address)

  it('is asked over https alone, where the present one is', () => {
    expect(there('http://new.example/wp-json/wc/v3/orders')).toBeNull()
    expect(there('https://new.example/shop/wp-json/wc/v3/orders')).toMatchObject({
      address: 'https://new.example/shop',
    })
  })

  it('never gets the secret, nor a signature that is good at another address', async () => {
    const requests: { url: string; headers: Record<string, string> }[] = []
    const { config } = there('https://new.example')!
    const answers = (url: string) =>
      url.includes('/wc/v3/')
        ? {
            status: 401,
            body: '{"code":"woocommerce_rest_authentication_error","message":"Invalid signature - provided signature does not match."}',
          }
        : { status: 200, body: '{"name":"x","home":"https://shop.example","namespaces":["wc/v3"]}' }
    const proof = await woocommerce.moving!.prove(
      {
        config,
        http: ({ url, headers = {} }) => {
          requests.push({ url, headers })
          return Promise.resolve({ ok: true, value: { ...answers(url), headers: {}, url } })
        },
        now: () => new Date('2026-03-02T10:00:00Z'),
        randomId: randomUUID,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        signal: new AbortController().signal,
        memory: new Map(),
      },
      '5d1c4b3a-0000-4000-a000-000000000001',
    )
    expect(proof).toMatchObject({ ok: false, error: { kind: 'auth' } })
    // It claims the home of the real shop; a call signed for that home would open the real shop.
    expect(requests).toHaveLength(1)
    expect(JSON.stringify(requests)).not.toMatch(/cs_1|uthorization/)
  })
})
