import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { startSandboxNetSuite } from '../../sandbox/netsuite/index.ts'
import { startSandboxShop } from '../../sandbox/shop/index.ts'
import { keptShop } from './kept-shop.ts'

/** What the demo has to know of its sandboxes. */
export interface Sandboxes {
  shop: { url: string; controlUrl: string; consumerKey: string; consumerSecret: string }
  netsuite: {
    url: string
    account: string
    clientId: string
    certificateId: string
    privateKey: string
    /** The day on which its certificate ends. */
    validUntil: string
  }
}

const dripMs = 20_000
const saveMs = 250

/**
 * Starts the sandbox shop and the sandbox NetSuite of a demo, which keep what they hold in `folder`. The usual ports are
 * taken where they are free. A new order comes every twenty seconds.
 */
export async function startSandboxes(
  folder: string,
  ports: { shop: number; netsuite: number },
): Promise<{ sandboxes: Sandboxes; close(): Promise<void> }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const now = () => new Date()
  const memory = keptShop(path.join(folder, 'shop.bin'))
  const shop = await onPort(ports.shop, (port) =>
    startSandboxShop({ port, now, random: Math.random, seed: memory.seed, latencyMs: 20 }),
  )
  memory.save()
  const netsuite = await onPort(ports.netsuite, (port) =>
    startSandboxNetSuite({
      port,
      now,
      seed: 'demo',
      file: path.join(folder, 'netsuite.sqlite'),
      latencyMs: 60,
      requestLimitMs: 2000,
      timeZone: 'Europe/Berlin',
    }),
  )
  shop.control.startDrip(dripMs)
  const saving = setInterval(memory.save, saveMs)
  const { oauth2 } = netsuite.credentials
  return {
    sandboxes: {
      shop: {
        url: shop.url,
        controlUrl: shop.controlUrl,
        consumerKey: shop.consumerKey,
        consumerSecret: shop.consumerSecret,
      },
      netsuite: {
        url: netsuite.url,
        account: netsuite.account,
        clientId: oauth2.clientId,
        certificateId: oauth2.certificateId,
        privateKey: oauth2.privateKey,
        validUntil: oauth2.certificateExpiresAt.slice(0, 10),
      },
    },
    close: async () => {
      clearInterval(saving)
      shop.control.stopDrip()
      await Promise.all([shop.close(), netsuite.close()])
      memory.save()
    },
  }
}

/** On that port, or on any free one where it is taken. */
async function onPort<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === 0) throw error
    return start(0)
  }
}
