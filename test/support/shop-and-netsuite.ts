import { type SandboxNetSuite, startSandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { type SandboxShop, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from './chance.ts'
import { type DemoConfiguration, demoConfiguration } from './demo-configuration.ts'

export interface Outside {
  shop: SandboxShop
  netsuite: SandboxNetSuite
  /** A waybill.yaml that carries the orders of the one into the other. */
  yaml: string
  /** The environment that it names. */
  env: DemoConfiguration['values'] & { WAYBILL_ALLOW_HOSTS: string }
  close(): Promise<void>
}

/** A sandbox shop and a sandbox NetSuite in this process, for commands that run in others; they live by `now`. */
export async function startOutside({ now = () => new Date() } = {}): Promise<Outside> {
  const shop = await startSandboxShop({ port: 0, now, random: numbersFrom(1), seed: 'empty' })
  const netsuite = await startSandboxNetSuite({
    port: 0,
    now,
    seed: 'demo',
    requestLimitMs: 2000,
    timeZone: 'UTC',
  })
  const { yaml, values } = demoConfiguration(
    { shop, netsuite },
    {
      since: '2020-01-01',
      every: '1s',
      shop: { requestLimit: '2s' },
      netsuite: { timeout: '1s', requestLimit: '2s' },
    },
  )
  return {
    shop,
    netsuite,
    yaml,
    env: { ...values, WAYBILL_ALLOW_HOSTS: '127.0.0.1' },
    close: async () => {
      await Promise.all([shop.close(), netsuite.close()])
    },
  }
}
