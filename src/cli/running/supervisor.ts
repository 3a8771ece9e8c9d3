import { fork } from 'node:child_process'
import { z } from 'zod'
import { entry } from '../../root.ts'

/** What the running process tells its supervisor. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    page: z.object({ url: z.string(), link: z.string() }).nullable(),
  }),
  /** It cannot start, and has told the person why; `mayPass`: for a reason that may end without them. */
  z.object({ type: z.literal('refused'), mayPass: z.boolean() }),
])

export type Page = { url: string; link: string }

export const supervisedVariable = 'WAYBILL_SUPERVISED'

export interface SupervisorOptions {
  /** The arguments of the command, which the running process gets as well. */
  args: string[]
  env: NodeJS.ProcessEnv
  remark: (text: string) => void
  /** Told at each start when it is ready: where its page is, if it serves one. */
  onReady?: (page: Page | null) => void
  /** The pauses before further starts; the last one stays. */
  pausesMs?: number[]
  /** After this long, a crash counts as the first again. */
  calmMs?: number
}

/**
 * Keeps Waybill running: the real process is a child, started again when it ends unexpectedly, after a pause that
 * grows. Workers are crash-only, so nothing has to be cleaned up in between. Resolves with the exit code.
 */
export async function supervise(options: SupervisorOptions): Promise<number> {
  const { pausesMs = [500, 1000, 2000, 5000, 10_000, 30_000], calmMs = 60_000 } = options
  let crashes = 0
  let everReady = false
  let stopping = false
  let stop: (signal: NodeJS.Signals) => void = () => {}
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const signal of signals)
    process.on(signal, () => {
      stopping = true
      stop(signal)
    })

  for (;;) {
    const startedAt = performance.now()
    const { code, signal, refused, ready } = await runOnce((stopChild) => (stop = stopChild))
    everReady ||= ready
    if (stopping || code === 0) return code ?? 0
    // What has run before waits for its database to come back, however long that takes.
    if (refused && !(everReady && refused.mayPass)) return code ?? 1
    crashes = performance.now() - startedAt > calmMs ? 1 : crashes + 1
    if (!everReady && crashes >= 3) {
      options.remark('waybill: It ended unexpectedly three times while starting. Read what it said above.')
      return 1
    }
    const pause = pausesMs[Math.min(crashes, pausesMs.length) - 1]!
    options.remark(
      `waybill: It ended unexpectedly (${signal ?? `exit code ${code}`}); starting again in ${pause / 1000} s.`,
    )
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause)
      stop = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    if (stopping) return 0
  }

  function runOnce(onStop: (stop: (signal: NodeJS.Signals) => void) => void) {
    const child = fork(entry, options.args, {
      env: { ...options.env, [supervisedVariable]: everReady ? 'again' : 'first' },
      // A group of its own would hide it from the terminal's Ctrl-C; the signal is passed on instead.
      detached: false,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const seen = { refused: null as { mayPass: boolean } | null, ready: false }
    child.on('message', (message) => {
      const parsed = messageSchema.safeParse(message)
      if (parsed.data?.type === 'refused') seen.refused = parsed.data
      if (parsed.data?.type !== 'ready') return
      seen.ready = true
      options.onReady?.(parsed.data.page)
    })
    // A terminal sends Ctrl-C to the child as well: the child takes the second one as the same wish.
    onStop((signal) => child.kill(signal))
    return new Promise<{
      code: number | null
      signal: NodeJS.Signals | null
      refused: { mayPass: boolean } | null
      ready: boolean
    }>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal, ...seen }))
      child.on('error', () => resolve({ code: 1, signal: null, ...seen }))
    })
  }
}

/** Tells the supervisor, where there is one. */
export async function tellSupervisor(message: z.input<typeof messageSchema>): Promise<void> {
  if (!process.send || process.env[supervisedVariable] === undefined) return
  await new Promise<void>((resolve) => process.send!(message, () => resolve()))
}

/** Runs `end` when the supervisor is gone, however it went: nothing may be left holding the home. */
export function endWithSupervisor(end: () => void): void {
  if (process.env[supervisedVariable] === undefined || !process.channel) return
  process.on('disconnect', end)
  process.channel.unref()
}
