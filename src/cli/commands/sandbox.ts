import { readFile } from 'node:fs/promises'
import { startSandboxNetSuite } from '../../sandbox/netsuite/index.ts'
import { startSandboxShop } from '../../sandbox/shop/index.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'

export interface SandboxOptions {
  what: 'shop' | 'netsuite'
  port: number
  load: string[] | null
}

/** `waybill sandbox shop|netsuite`: serves until it is told to stop. */
export async function sandbox(options: SandboxOptions, output: Output): Promise<number> {
  const started = await start(options, output).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new CliFailure(
        `Port ${options.port} is in use`,
        'Name another with --port, or 0 for any free one.',
      )
    throw error
  })
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  await started.close()
  return 0
}

async function start(options: SandboxOptions, output: Output): Promise<{ close(): Promise<void> }> {
  const now = () => new Date()
  if (options.what === 'netsuite') {
    const netsuite = await startSandboxNetSuite({
      port: options.port,
      now,
      seed: 'demo',
      requestLimitMs: 2000,
    })
    const { oauth2, tba } = netsuite.credentials
    output.document({ url: netsuite.url, account: netsuite.account, credentials: { oauth2, tba } })
    output.line(`The sandbox NetSuite runs at ${netsuite.url} (account ${netsuite.account}).`)
    output.line('Its address opens a page with its records; /control has its switches.')
    output.line(`clientId: ${oauth2.clientId}`)
    output.line(`certificateId: ${oauth2.certificateId}`)
    output.line(`privateKey:\n${oauth2.privateKey.trim()}`)
    output.line(
      `or token-based: ${Object.entries(tba)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    )
    return netsuite
  }
  const load = options.load === null ? [] : await Promise.all(options.load.map((file) => read(file)))
  const shop = await startSandboxShop({
    port: options.port,
    now,
    random: Math.random,
    seed: options.load === null ? 'demo' : 'empty',
    load,
  })
  const { url, controlUrl, consumerKey, consumerSecret } = shop
  output.document({ url, controlUrl, consumerKey, consumerSecret })
  output.line(`The sandbox shop runs at ${url}`)
  output.line(`Its switches: ${controlUrl}`)
  output.line(`consumerKey: ${consumerKey}`)
  output.line(`consumerSecret: ${consumerSecret}`)
  return shop
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CliFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'Name files with order bodies as WooCommerce sends them.',
      { exitCode: 2 },
    )
  }
}
