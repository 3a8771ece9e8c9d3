import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { FloorEnds } from './floor.ts'
import type { Asked } from './sandboxes.ts'

export interface SandboxOptions {
  orders: number
  newCustomerOneIn?: number
  budget?: number
  latency?: { medianMs: number; sigma: number }
}

export interface Sandboxes {
  ends: FloorEnds
  ask<Name extends keyof Asked>(
    name: Name,
    ...about: Parameters<Asked[Name]>
  ): Promise<Awaited<ReturnType<Asked[Name]>>>
  close(): void
}

/** Starts a shop and a NetSuite in a process of their own. */
export async function startSandboxes(options: SandboxOptions): Promise<Sandboxes> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'sandboxes.ts'), [JSON.stringify(options)], {
    stdio: 'inherit',
  })
  const [ends] = (await once(child, 'message')) as [FloorEnds]
  return {
    ends,
    ask: async (ask, about?: unknown) => {
      const answer = once(child, 'message')
      child.send({ ask, about })
      return ((await answer) as [never])[0]
    },
    close: () => child.disconnect(),
  }
}
