import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Applied } from '../../flows/apply-configuration.ts'
import { type Client, connect } from '../client.ts'
import { demoRoute, demoValues, demoYaml } from '../demo/configuration.ts'
import { ensurePage } from '../demo/page.ts'
import { keepSandboxes } from '../demo/sandbox-process.ts'
import type { Sandboxes } from '../demo/sandboxes.ts'
import { type Environment, readEnvironment } from '../environment.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'
import { type Page, supervise, supervisedVariable } from '../running/supervisor.ts'
import { runSupervised } from './start.ts'

const lookBackMs = 30 * 86_400_000

/** `waybill demo`: Waybill, and in a process of their own a sandbox shop and a sandbox NetSuite with orders to carry. */
export async function demo({ port }: { port: number }, output: Output): Promise<number> {
  if (process.env[supervisedVariable] !== undefined)
    return runSupervised({ role: 'start', port, quiet: true }, output)

  const environment = readEnvironment(process.env)
  const folder = path.join(environment.home, 'demo')
  if (!existsSync(folder) && existsSync(path.join(environment.home, 'postgres')))
    throw new CliFailure(
      `The home ${environment.home} is in use for real orders`,
      'Give the demo a home of its own: WAYBILL_HOME=.waybill-demo waybill demo',
    )
  await prepare(environment.home, folder)
  await ensurePage(output)

  const scene: Scene = { sandboxes: null, page: null, told: false }
  const setUp = () => {
    if (scene.sandboxes === null || scene.page === null) return
    setTheScene(environment, { sandboxes: scene.sandboxes, folder }).then(
      () => {
        if (!scene.told) tell(output, environment, scene.sandboxes!, scene.page!)
        scene.told = true
      },
      (error: unknown) => output.remark(`waybill: The demo could not be set up: ${String(error)}`),
    )
  }
  const kept = keepSandboxes({
    folder,
    ports: { shop: port === 0 ? 0 : port + 1, netsuite: port === 0 ? 0 : port + 2 },
    remark: output.remark,
    onReady: (sandboxes) => {
      scene.sandboxes = sandboxes
      setUp()
    },
  })
  try {
    return await supervise({
      args: ['demo', '--port', String(port)],
      env: {
        // The sandbox shop delivers its webhooks to this machine, which a real one would refuse.
        ...(port === 0 ? {} : { WAYBILL_PUBLIC_URL: `http://127.0.0.1:${port}` }),
        ...process.env,
        WAYBILL_ALLOW_HOSTS: [...environment.allowHosts, '127.0.0.1'].join(','),
      },
      remark: output.remark,
      onReady: (page) => {
        if (scene.told) return
        scene.page = page
        setUp()
      },
    })
  } finally {
    await kept.stop()
  }
}

interface Scene {
  sandboxes: Sandboxes | null
  page: Page | null
  told: boolean
}

async function prepare(home: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new CliFailure(
      `The home ${home} is not writable (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'Make it writable for this user, or set WAYBILL_HOME to a directory that is.',
    )
  }
}

/** Writes the demo's waybill.yaml and applies it, as a person would. */
async function setTheScene(
  environment: Environment,
  { sandboxes, folder }: { sandboxes: Sandboxes; folder: string },
): Promise<void> {
  const client: Client = await connect({ ...environment, url: null })
  const since = new Date(Date.now() - lookBackMs).toISOString().slice(0, 10)
  const routes = await client.get<{ items: { name: string }[] }>('/routes')
  const isNew = !routes.items.some((route) => route.name === demoRoute)
  if (isNew) await writeFile(path.join(folder, 'waybill.yaml'), demoYaml(sandboxes, since, true))
  await client.post<Applied>('/configuration', {
    yaml: demoYaml(sandboxes, since, isNew),
    values: demoValues(sandboxes),
    dryRun: false,
    prune: false,
  })
}

function tell(output: Output, environment: Environment, sandboxes: Sandboxes, page: Page): void {
  const { shop, netsuite } = sandboxes
  output.document({
    url: page.url,
    link: page.link,
    home: environment.home,
    pid: process.pid,
    shop: { url: shop.url, control: shop.controlUrl },
    netsuite: { url: netsuite.url, account: netsuite.account },
  })
  const { line, style } = output
  const link = (text: string) => style('cyan', text)
  line()
  line(style('bold', 'Waybill carries orders from a sandbox shop into a sandbox NetSuite.'))
  line()
  line(`  Open Waybill (this link works once)   ${link(page.link)}`)
  line(`  The shop's switches                   ${link(shop.controlUrl)}`)
  line(`  NetSuite's records                    ${link(netsuite.url)}`)
  line()
  line('Most orders pass, some stop for reasons that can be mended. Try:')
  line('  • open an order with an error, choose the item for its SKU, and watch all of its kind go')
  line('  • place an order in the shop, or take the shop down and bring it back')
  line('  • ship an order in NetSuite, and find the tracking number in the shop')
  line('  • in another terminal: npx waybill problems, npx waybill why 1012')
  line()
  line('Ctrl-C ends it; the next start goes on from here.')
}
