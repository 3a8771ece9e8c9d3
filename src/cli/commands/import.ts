import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportJson, ImportRequest } from '../../server/schemas.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { counted } from '../words.ts'

type State = ImportJson['items'][number]['state']

const words: Record<State, string> = {
  waiting: 'still being read; it comes by itself',
  imported: 'imported',
  already_here: 'already here',
  held: 'held by a rule or a person',
  unreadable: 'cannot be read; kept, see waybill problems',
  not_found: 'not found in the shop',
  deleted: 'deleted by a person, left out',
  failed: 'failed',
}

/** `waybill import CONNECTION ID…` or `--from --to`: reads orders from the shop now, and says what became of each. */
export async function importOrders(
  client: Client,
  output: Output,
  request: ImportRequest,
  waitMs: number,
): Promise<number> {
  let job = await client.post<ImportJson>('/imports', request)
  const until = performance.now() + waitMs
  for (
    let pause = 100;
    job.finishedAt === null && performance.now() < until;
    pause = Math.min(pause * 1.5, 2000)
  ) {
    const waiting = job.items.filter((item) => item.state === 'waiting').length
    output.progress(`${job.items.length - waiting} orders read …`)
    await sleep(pause)
    job = await client.get<ImportJson>(`/imports/${encodeURIComponent(job.id)}`)
  }
  output.document(job)
  return request.from === undefined ? tellEach(output, job) : tellRange(output, job)
}

function tellEach(output: Output, job: ImportJson): number {
  const good: State[] = ['imported', 'already_here']
  for (const item of job.items) {
    const text = `${item.query}: ${item.detail ?? words[item.state]}`
    if (good.includes(item.state)) output.line(text)
    else output.remark(text)
  }
  return job.items.every((item) => good.includes(item.state)) ? 0 : 1
}

/** A range may be long: how many became what, and each that failed. A held order is no failure. */
function tellRange(output: Output, job: ImportJson): number {
  const bad: State[] = ['unreadable', 'not_found', 'failed']
  const groups = Map.groupBy(job.items, (item) => item.state)
  for (const [state, items] of groups) output.line(`${counted(items.length, 'order')} ${words[state]}`)
  if (job.items.length === 0 && job.finishedAt !== null)
    output.line('The shop has no orders placed on these days.')
  for (const item of job.items.filter((item) => bad.includes(item.state)))
    output.remark(`${item.query}: ${item.detail ?? words[item.state]}`)
  if (job.finishedAt === null) output.remark('The shop is still being read; it goes on by itself.')
  return job.finishedAt === null || job.items.some((item) => bad.includes(item.state)) ? 1 : 0
}
