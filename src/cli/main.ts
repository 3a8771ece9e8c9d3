import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Client } from './client.ts'
import type { ListOptions } from './commands/orders.ts'
import type { SupportOptions } from './commands/support.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { CliFailure } from './failure.ts'
import { createOutput, type Output } from './output.ts'
import { version } from './version.ts'

// Who has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const program = new Command('waybill')
  .description('Carries every order from the places where you sell into the system that runs the business.')
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'waybill: ')) })
  .showHelpAfterError('(waybill --help lists the commands)')

const json = new Option('--json', 'one JSON document on standard output')

/** A command; its work gets the output and gives the exit code. Whatever it needs is loaded only then. */
function command(name: string, description: string): Command {
  return program.command(name).description(description).addOption(json)
}

type Work = (output: Output, command: Command) => Promise<number>

/** Runs a command's work and turns every failure into one line and an exit code. */
async function run(command: Command, work: Work): Promise<void> {
  const output = createOutput(command.opts<{ json?: boolean }>().json === true)
  try {
    process.exitCode = await work(output, command)
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    output.failure(error)
    process.exitCode = error.exitCode
  }
}

/** Work that asks the running server. */
async function ask(
  command: Command,
  work: (client: Client, output: Output, environment: Environment) => Promise<number>,
): Promise<void> {
  await run(command, async (output) => {
    const environment = readEnvironment(process.env)
    const { connect } = await import('./client.ts')
    return work(await connect(environment, { exact: output.json }), output, environment)
  })
}

const wholeNumber = (smallest: number, largest: number) => (text: string) => {
  const n = Number(text)
  if (!/^\d+$/.test(text) || n < smallest || n > largest)
    throw new InvalidArgumentError(`Write a whole number from ${smallest} to ${largest}.`)
  return n
}
const port = () =>
  new Option('--port <port>', 'the port of page and API').argParser(wholeNumber(0, 65_535)).default(4000)
const wait = () =>
  new Option('--wait <seconds>', 'how long to wait for the outcome')
    .argParser(wholeNumber(0, 3600))
    .default(120)

for (const [role, description] of [
  ['start', 'server, worker and page in one process, on the embedded database or DATABASE_URL'],
  ['server', 'the server and the page alone; needs DATABASE_URL'],
  ['worker', 'a worker alone; needs DATABASE_URL'],
] as const) {
  const added = command(role, description)
  if (role !== 'worker') added.addOption(port())
  added.action(async (options: { port?: number }) => {
    await run(added, async (output) => {
      const { start } = await import('./commands/start.ts')
      return start({ role, port: options.port ?? 0, args: process.argv.slice(2) }, output)
    })
  })
}

const demo = command('demo', 'Waybill with a sandbox shop and a sandbox NetSuite beside it').addOption(port())
demo.action(async (options: { port: number }) => {
  await run(demo, async (output) => {
    const { demo } = await import('./commands/demo.ts')
    return demo({ port: options.port }, output)
  })
})

// Runs beside the demo, started by it.
program
  .command('demo-sandboxes', { hidden: true })
  .argument('<folder>')
  .argument('<shop-port>', '', Number)
  .argument('<netsuite-port>', '', Number)
  .action(async (folder: string, shop: number, netsuite: number) => {
    const { serveSandboxes } = await import('./demo/sandbox-process.ts')
    process.exit(await serveSandboxes(folder, { shop, netsuite }))
  })

const sandbox = program.command('sandbox').description('the servers to try things against, alone')
for (const what of ['shop', 'netsuite'] as const) {
  const added = sandbox
    .command(what)
    .description(what === 'shop' ? 'a shop that speaks as WooCommerce does' : 'a NetSuite')
    .addOption(json)
    .addOption(
      new Option('--port <port>', 'the port; 0 takes any free one')
        .argParser(wholeNumber(0, 65_535))
        .default(0),
    )
  if (what === 'shop')
    added.option('--load <file...>', 'serve the orders of these files byte for byte, instead of made-up ones')
  added.action(async (options: { port: number; load?: string[] }) => {
    await run(added, async (output) => {
      const { sandbox } = await import('./commands/sandbox.ts')
      return sandbox({ what, port: options.port, load: options.load ?? null }, output)
    })
  })
}

const apply = command('apply', 'make connections, routes and notifications as a file says')
  .requiredOption('-f, --file <file>', 'the file; - reads standard input')
  .option('--dry-run', 'say what would change, and change nothing', false)
  .option('--prune', 'stop routes that the file does not name', false)
apply.action(async (options: { file: string; dryRun: boolean; prune: boolean }) => {
  await ask(apply, async (client, output) =>
    (await import('./commands/configuration.ts')).apply(client, output, { ...options, env: process.env }),
  )
})

const exported = command('export', 'the configuration as such a file, secrets as ${NAMES}')
exported.action(async () => {
  await ask(exported, async (client, output) =>
    (await import('./commands/configuration.ts')).exportFile(client, output),
  )
})

const check = command(
  'check',
  'test connections: reachable, authorised, permissions, the same account',
).argument('[connection]')
check.action(async (name: string | undefined) => {
  await ask(check, async (client, output) =>
    (await import('./commands/configuration.ts')).check(client, output, name),
  )
})

const confirming = command(
  'confirm-address',
  'take over the address to which a shop has moved, proved to be the same',
).argument('<connection>')
confirming.action(async (name: string) => {
  await ask(confirming, async (client, output) =>
    (await import('./commands/configuration.ts')).confirmAddress(client, output, name),
  )
})

const importing = command('import', 'read orders from a shop now, by id or number, or all of some days')
  .argument('<connection>')
  .argument('[id...]')
  .option('--from <date>', 'instead of ids: all orders placed from this day on (UTC)')
  .option('--to <date>', 'the last of these days; without it today')
  .option('--anyway', 'also those that a rule holds or a person has deleted (it is recorded)', false)
  .addOption(wait())
interface ImportOptions {
  from?: string
  to?: string
  anyway: boolean
  wait: number
}
importing.action(async (connection: string, ids: string[], { wait, ...options }: ImportOptions) => {
  if (ids.length > 0 === (options.from !== undefined) || (options.to !== undefined && ids.length > 0))
    importing.error('waybill: name either orders by id or number, or a range with --from and --to', {
      exitCode: 2,
    })
  const { from, to, anyway } = options
  const request = {
    connection,
    anyway,
    ...(from === undefined ? { orders: ids } : { from }),
    ...(to === undefined ? {} : { to }),
  }
  await ask(importing, async (client, output) =>
    (await import('./commands/import.ts')).importOrders(client, output, request, wait * 1000),
  )
})

const orders = command('orders', 'list orders, the newest first')
  .option('--status <status>', 'one or more, with commas between them')
  .option('--search <text>', 'part of a number, id, customer, e-mail or SKU')
  .option('--connection <name>')
  .option('--problem <fingerprint>', 'the code or fingerprint of an open problem')
  .addOption(
    new Option(
      '--decision <which>',
      'changed or cancelled in the shop after posting, not decided yet',
    ).choices(['changed', 'cancelled', 'any']),
  )
  .option('--placed-from <date>', 'placed on this day (UTC) or later')
  .option('--placed-to <date>', 'placed on this day (UTC) or earlier')
  .option('--amount-from <amount>', 'of this total or more, such as 12.30')
  .option('--amount-to <amount>', 'of this total or less')
  .option('--currency <code>', 'such as EUR')
  .addOption(
    new Option('--sort <which>', 'the newest first: as placed, or as changed in Waybill')
      .choices(['placed', 'updated'])
      .default('placed'),
  )
  .addOption(new Option('--limit <n>').argParser(wholeNumber(1, 100_000)).default(50))
orders.action(async (options: ListOptions) => {
  await ask(orders, async (client, output) =>
    (await import('./commands/orders.ts')).listOrders(client, output, options),
  )
})

const order = command('order', 'one order with its waybill')
  .argument('<id>')
  .option('--preview', 'what would be sent to the backend now, or what would stop it; nothing is sent', false)
order.action(async (id: string, { preview }: { preview: boolean }) => {
  await ask(order, async (client, output) =>
    preview
      ? (await import('./commands/preview.ts')).showPreview(client, output, id)
      : (await import('./commands/orders.ts')).showOrder(client, output, id),
  )
})

const why = command('why', 'why is this order not in the backend?').argument('<id>')
why.action(async (id: string) => {
  await ask(why, async (client, output) => (await import('./commands/explain.ts')).why(client, output, id))
})

const problems = command('problems', 'what stops orders, grouped by cause')
problems.action(async () => {
  await ask(problems, async (client, output) =>
    (await import('./commands/explain.ts')).problems(client, output),
  )
})

const post = command('post', 'post orders now, wait, and say the record or the problem')
  .argument('<id...>')
  .option('--again', 'as new records, where those they had are gone from the backend', false)
  .addOption(wait())
post.action(async (ids: string[], options: { wait: number; again: boolean }) => {
  await ask(post, async (client, output) =>
    (await import('./commands/act.ts')).postOrders(client, output, ids, {
      waitMs: options.wait * 1000,
      again: options.again,
    }),
  )
})

const reconcile = command('reconcile', 'compare a shop, Waybill and the backend, day by day')
  .argument('<connection>')
  .addOption(
    new Option('--since <duration>', 'how far back, such as 7d or 48h')
      .argParser((text: string) => {
        if (!/^\d{1,3}[hd]$/.test(text)) throw new InvalidArgumentError('Write a duration such as 7d or 48h.')
        return text
      })
      .default('7d'),
  )
  .addOption(wait().default(3600))
reconcile.action(async (connection: string, options: { since: string; wait: number }) => {
  const request = { connection, since: options.since }
  await ask(reconcile, async (client, output) =>
    (await import('./commands/reconcile.ts')).reconcile(client, output, request, options.wait * 1000),
  )
})

const decide = command(
  'decide',
  'what happens with orders that the shop changed or cancelled after posting, then wait for it',
)
  .addArgument(
    new Argument(
      '<what>',
      'update: bring the change into the record; replace: close the record, post the newer version; ignore: leave it; close: close the record of a cancelled order; keep: keep it',
    ).choices(['update', 'replace', 'ignore', 'close', 'keep']),
  )
  .argument('<id...>')
  .addOption(wait())
decide.action(
  async (
    what: 'update' | 'replace' | 'ignore' | 'close' | 'keep',
    ids: string[],
    options: { wait: number },
  ) => {
    await ask(decide, async (client, output) =>
      (await import('./commands/decide.ts')).decide(client, output, what, ids, options.wait * 1000),
    )
  },
)

const link = command('link', 'a new link that opens the page in one browser, once')
link.action(async () => {
  await ask(link, async (client, output) => {
    const made = await client.post<{ link: string; expiresInMs: number }>('/login-links')
    output.document(made)
    output.line(made.link)
    return 0
  })
})

const support = command('support', 'one file about an order or a connection, for whoever helps')
  .argument('[order]')
  .option('--connection <name>', 'the connection; with an order, the one that it is of')
  .option('--file <file>', 'where to write it')
  .option('--personal', "leave customers' names, addresses and telephone numbers in it", false)
support.action(async (id: string | undefined, options: SupportOptions) => {
  await ask(support, async (client, output) =>
    (await import('./commands/support.ts')).support(client, output, id ?? null, options),
  )
})

const backup = command('backup', 'a consistent copy of everything, in one file').argument('<file>')
backup.action(async (file: string) => {
  await run(backup, async (output) => (await import('./commands/backup.ts')).backup(file, output))
})

const restore = command('restore', 'fill an empty home from such a file; posts nothing twice').argument(
  '<file>',
)
restore.action(async (file: string) => {
  await run(restore, async (output) => (await import('./commands/backup.ts')).restore(file, output))
})

for (const [action, description] of [
  ['cancel', 'cancel orders here; nothing moves in shop or backend'],
  ['uncancel', 'take cancelled orders up again'],
  ['release', 'let orders go on that a person has put on hold'],
  ['let-be', 'leave orders as they are though their records are gone from the backend'],
] as const) {
  const added = command(action, description).argument('<id...>')
  added.action(async (ids: string[]) => {
    await ask(added, async (client, output) =>
      (await import('./commands/act.ts')).actOn(client, output, action, ids),
    )
  })
}

const hold = command(
  'hold',
  'put orders on hold that are not in the backend: they wait until they are released',
)
  .argument('<id...>')
  .option('--why <text>', 'why, in your words: it is shown with the order')
hold.action(async (ids: string[], { why }: { why?: string }) => {
  await ask(hold, async (client, output) =>
    (await import('./commands/act.ts')).actOn(client, output, 'hold', ids, why === undefined ? {} : { why }),
  )
})

const deleting = command('delete', 'delete orders here that are not in the backend; it cannot be undone')
  .argument('<id...>')
  .option('--why <text>', 'why, in your words: it stays with what is deleted')
deleting.action(async (ids: string[], { why }: { why?: string }) => {
  await ask(deleting, async (client, output) =>
    (await import('./commands/act.ts')).deleteOrders(client, output, ids, why),
  )
})

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
