import { Client } from '../sandbox/netsuite-client.ts'
import type { World } from './world.ts'

/** What a person changes in a record, in NetSuite itself. */
export async function editInNetSuite(world: World, recordId: string, body: object): Promise<void> {
  const client = await Client.signIn(world.netsuite, world.now())
  const answer = await client.call('PATCH', `record/v1/salesOrder/${recordId}`, body)
  if (answer.status !== 204) throw new Error(`${answer.status} ${answer.text}`)
}

/** Closes every line of a record, as the button "Close" does. */
export async function closeInNetSuite(world: World, recordId: string): Promise<void> {
  const lines = world.netsuite.records.order(recordId)!.lines
  await editInNetSuite(world, recordId, {
    item: { items: lines.map(({ line }) => ({ line, isClosed: true })) },
  })
}
