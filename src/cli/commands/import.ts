import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportJson, ImportRequest } from '../../server/schemas.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'

const words: Record<ImportJson['items'][number]['state'], string> = {
  waiting: 'still being read; it comes by itself',
  imported: 'imported',
  already_here: 'already here',
  held: 'held',
  unreadable: 'cannot be read; kept, see waybill problems',
  not_found: 'not found in the shop',
  failed: 'failed',
}
const good = ['imported', 'already_here']

/** `waybill import CONNECTION ID…`: reads orders from the shop now, and says what became of each. */
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
    output.progress(
      job.from === null
        ? `${job.items.length - waiting} of ${job.items.length} …`
        : `${job.items.length} so far …`,
    )
    await sleep(pause)
    job = await client.get<ImportJson>(`/imports/${encodeURIComponent(job.id)}`)
  }
  output.document(job)
  for (const item of job.items) {
    const text = `${item.query}: ${item.detail ?? words[item.state]}`
    if (good.includes(item.state)) output.line(text)
    else output.remark(text)
  }
  if (job.from !== null) output.line(`${job.items.length} orders were placed in that time.`)
  if (job.finishedAt === null) output.remark('The rest is still being read; it comes by itself.')
  return job.items.every((item) => good.includes(item.state)) ? 0 : 1
}
