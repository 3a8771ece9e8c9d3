import { randomUUID } from 'node:crypto'
import type { Ctx, HttpRequest, HttpResponse, Outcome } from '../../src/connectors/contract.ts'
import { createHttp } from '../../src/connectors/http.ts'
import { config, type WooCommerceConfig } from '../../src/connectors/woocommerce/config.ts'
import { type SandboxShop, type SandboxShopOptions, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { movableClock, numbersFrom } from '../support/chance.ts'

export type ShopCtx = Ctx<WooCommerceConfig>

export const silent = { debug() {}, info() {}, warn() {}, error() {} }

export function ctxOver(
  http: ShopCtx['http'],
  settings: Record<string, unknown> = {},
  now = () => new Date('2026-11-23T09:00:00Z'),
): ShopCtx {
  return {
    config: config.parse({
      url: 'https://shop.example',
      credentials: { consumerKey: 'ck_key', consumerSecret: 'cs_secret' },
      ...settings,
    }),
    http,
    now,
    randomId: randomUUID,
    log: silent,
    signal: new AbortController().signal,
    memory: new Map(),
  }
}

/** A sandbox shop on a clock of its own, and a way to it. */
export async function sandboxShop(
  options: Partial<SandboxShopOptions> = {},
  settings: Record<string, unknown> = {},
) {
  const clock = movableClock('2026-11-23T09:00:00Z')
  const shop: SandboxShop = await startSandboxShop({
    port: 0,
    now: clock.now,
    random: numbersFrom(3),
    seed: 'empty',
    ...options,
  })
  const http = createHttp({
    timeoutMs: 5000,
    limits: { concurrency: 5 },
    allowHosts: ['127.0.0.1'],
    now: clock.now,
  })
  const credentials = { consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret }
  const ctx = ctxOver(http, { url: shop.url, credentials, ...settings }, clock.now)
  return {
    shop,
    clock,
    ctx,
    close: async () => {
      await http.close()
      await shop.close()
    },
  }
}

/** A shop that answers as a test says, and keeps what it was asked. */
export function scriptedShop(
  answer: (url: URL, request: HttpRequest) => Partial<HttpResponse>,
  settings: Record<string, unknown> = {},
) {
  const asked: URL[] = []
  const requests: HttpRequest[] = []
  const http: ShopCtx['http'] = async (request) => {
    const url = new URL(request.url)
    asked.push(url)
    requests.push(request)
    return {
      ok: true,
      value: { status: 200, headers: {}, body: '[]', url: request.url, ...answer(url, request) },
    }
  }
  return { ctx: ctxOver(http, settings), asked, requests }
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`a failure: ${JSON.stringify(outcome.error)}`)
  return outcome.value
}
