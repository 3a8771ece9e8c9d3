import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { urlOf } from './processes.ts'

/** Whoever looks after Waybill: what they do goes over its API. */
export interface Person {
  /** Tells Waybill of both ends and the route between them. */
  configure(configuration: { yaml: string; values: Record<string, string> }): Promise<void>
  /** Confirms that the shop is at this address now; false while Waybill has not found it there, or nobody answers. */
  confirmAddress(address: string): Promise<boolean>
  /** Has everything of the last days compared; null when nobody answers. */
  compare(): Promise<string | null>
  /** The result of a comparison; null while it is not there. */
  compared(id: string): Promise<Comparison | null>
}

const comparison = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'given_up']),
  totals: z.object({ unexplained: z.number() }),
  differences: z.array(z.object({ verdict: z.string(), detail: z.string() })),
})
export type Comparison = z.infer<typeof comparison>

/** @param home where Waybill's server says its address and its token */
export function personAt(home: string): Person {
  async function ask(path_: string, body?: object): Promise<Response | null> {
    const server = urlOf(home)
    if (server === null) return null
    const token = (await readFile(path.join(home, 'token'), 'utf8')).trim()
    return fetch(`${server}/api/v1${path_}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => null)
  }

  let confirmed: string | null = null
  return {
    configure: async (configuration) => {
      const answer = await ask('/configuration', configuration)
      if (!answer?.ok) throw new Error(`the configuration was refused: ${await answer?.text()}`)
    },
    confirmAddress: async (address) => {
      if (address === confirmed) return true
      const answer = await ask('/connections/shop/confirm-address', { address })
      if (answer?.ok) confirmed = address
      return address === confirmed
    },
    compare: async () => {
      const answer = await ask('/reconciliations', { connection: 'shop', since: '2d' })
      return answer?.ok ? comparison.parse(await answer.json()).id : null
    },
    compared: async (id) => {
      const answer = await ask(`/reconciliations/${id}`)
      const found = answer?.ok ? comparison.parse(await answer.json()) : null
      return found?.state === 'running' ? null : found
    },
  }
}
