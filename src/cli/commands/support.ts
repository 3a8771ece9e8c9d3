import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '../client.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'

export interface SupportOptions {
  connection?: string
  file?: string
  personal: boolean
}

/** `waybill support ORDER` or `--connection NAME`: everything about it in one file, to be handed on. */
export async function support(
  client: Client,
  output: Output,
  order: string | null,
  { connection, file: named, personal }: SupportOptions,
): Promise<number> {
  if (order === null && connection === undefined)
    throw new CliFailure(
      'What is the file to be about?',
      'Name an order, or a connection with --connection NAME.',
      {
        exitCode: 2,
      },
    )
  const query = new URLSearchParams({ ...(personal && { personal: 'true' }) })
  if (order !== null && connection !== undefined) query.set('connection', connection)
  const about =
    order === null
      ? `/connections/${encodeURIComponent(connection!)}`
      : `/orders/${encodeURIComponent(order)}`
  const response = await client.raw('GET', `${about}/support?${query}`)
  const file = named ?? `waybill-support-${(order ?? connection!).replaceAll(/[^\w.-]/g, '_')}.json`
  await write(file, await response.text())
  output.document({ file: path.resolve(file), personal })
  output.line(`Everything about it is in ${file}.`)
  output.line(
    personal
      ? 'Customers are named in it: hand it on only to those who may know them.'
      : 'Keys are not in it, and customers are not named. Look through it before you hand it on.',
  )
  return 0
}

/** Never over a file that is there. */
async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw new CliFailure(
      exists ? `There is a file ${file} already` : `${file} cannot be written: ${String(error)}`,
      exists ? 'Name another one with --file.' : 'Name another place with --file.',
    )
  }
}
