import { readFile } from 'node:fs/promises'
import { namesIn } from '../../config/substitute.ts'
import type { Applied } from '../../flows/apply-configuration.ts'
import type { Change } from '../../flows/configuration-changes.ts'
import type { CheckResult } from '../../flows/check-connection.ts'
import type { ConnectionJson } from '../../server/schemas.ts'
import { ApiRefusal, type Client } from '../client.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'
import { counted } from '../words.ts'
import { printChecks } from './explain.ts'

export interface ApplyOptions {
  file: string
  dryRun: boolean
  prune: boolean
  env: NodeJS.ProcessEnv
}

/** `waybill apply -f waybill.yaml`: sends the file and the values it names; nothing else of the environment leaves. */
export async function apply(client: Client, output: Output, options: ApplyOptions): Promise<number> {
  const yaml = await read(options.file)
  const values = Object.fromEntries(
    namesIn(yaml).flatMap((name) => (options.env[name] === undefined ? [] : [[name, options.env[name]]])),
  )
  const { dryRun, prune } = options
  const applied = await client
    .post<Applied>('/configuration', { yaml, values, dryRun, prune })
    .catch((error: unknown) => {
      if (error instanceof ApiRefusal && error.refusal.mistakes) {
        const { mistakes } = error.refusal
        output.document({ mistakes })
        throw new CliFailure(
          `${counted(mistakes.length, 'mistake')} in ${options.file}`,
          'Nothing was changed.',
          {
            code: options.file,
            mistakes,
          },
        )
      }
      throw error
    })
  output.document(applied)
  for (const change of applied.changes) printChange(output, change)
  for (const note of applied.notes) output.line(output.style('yellow', note))
  const changed = applied.changes.filter((change) => change.action !== 'unchanged').length
  output.line(
    changed === 0
      ? 'Nothing to change.'
      : dryRun
        ? `${counted(changed, 'change')} would be made. Nothing was changed.`
        : `${counted(changed, 'change')} made.`,
  )
  return 0
}

function printChange(output: Output, change: Change): void {
  const marks = { created: '+', changed: '~', removed: '-', unchanged: ' ' }
  const styles = { created: 'green', changed: 'yellow', removed: 'red', unchanged: 'gray' } as const
  const title = change.what === 'notifications' ? 'notifications' : `${change.what} ${change.name}`
  output.line(output.style(styles[change.action], `${marks[change.action]} ${title} ${change.action}`))
  if (change.action !== 'changed') return
  for (const { field, from, to } of change.fields)
    output.line(`    ${field}: ${from ?? '(not set)'} → ${to ?? '(not set)'}`)
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new CliFailure(
      code === 'ENOENT' ? `There is no file ${file}` : `${file} cannot be read (${code ?? String(error)})`,
      'Name the file with -f, such as: waybill apply -f waybill.yaml',
      { exitCode: 2 },
    )
  }
}

/** `waybill export`: the configuration as a waybill.yaml. */
export async function exportFile(client: Client, output: Output): Promise<number> {
  const exported = await client.get<{ yaml: string }>('/configuration')
  output.document(exported)
  output.line(exported.yaml.trimEnd())
  return 0
}

/** `waybill check [connection]`: tests one connection, or all. */
export async function check(client: Client, output: Output, name: string | undefined): Promise<number> {
  const names =
    name === undefined
      ? (await client.get<{ items: { name: string }[] }>('/connections')).items.map((one) => one.name)
      : [name]
  const results: CheckResult[] = []
  for (const each of names) {
    output.progress(`Checking ${each} …`)
    const result = await client.post<CheckResult>(`/connections/${encodeURIComponent(each)}/check`)
    results.push(result)
    output.line(
      `${output.style('bold', result.connection)}: ${result.ok ? output.style('green', 'works') : output.style('red', 'does not work')}`,
    )
    printChecks(output, result.checks)
    for (const fix of result.fixes) output.line(`→ ${fix.label}`)
  }
  if (name === undefined) output.document({ items: results, nextCursor: null })
  else output.document(results[0])
  if (names.length === 0) output.line('There are no connections yet: waybill apply -f waybill.yaml')
  const broken = results.filter((result) => !result.ok)
  if (broken.length > 0)
    output.remark(`waybill: ${broken.map((one) => one.connection).join(', ')} not working.`)
  return broken.length > 0 ? 1 : 0
}

/** `waybill confirm-address CONNECTION`: the address to which the shop has moved becomes the connection's own. */
export async function confirmAddress(client: Client, output: Output, name: string): Promise<number> {
  const path = `/connections/${encodeURIComponent(name)}`
  const { movedTo } = await client.get<ConnectionJson>(path)
  const confirmed = await client.post<ConnectionJson>(
    `${path}/confirm-address`,
    movedTo === null ? {} : { address: movedTo },
  )
  output.document(confirmed)
  output.line(`${name} is at ${movedTo ?? 'its new address'} from now on.`)
  output.line(
    'Put it into waybill.yaml (url) as well: the next "waybill apply" goes back to what stands there.',
  )
  return 0
}
