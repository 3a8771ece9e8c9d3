import { fork } from 'node:child_process'
import { entry } from '../../root.ts'
import { startSandboxes, type Sandboxes } from './sandboxes.ts'

export const sandboxCommand = 'demo-sandboxes'

/** Serves the demo's sandboxes in this process, for as long as the process that forked it lives. */
export async function serveSandboxes(
  folder: string,
  ports: { shop: number; netsuite: number },
): Promise<number> {
  const { sandboxes, close } = await startSandboxes(folder, ports)
  process.send?.(sandboxes)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve())
    process.on('disconnect', () => resolve())
  })
  await close()
  return 0
}

/**
 * Keeps the sandboxes running in a process of their own, so that they outlive a crash of Waybill as a real shop would.
 * `onReady` is told at each start where they are.
 */
export function keepSandboxes(options: {
  folder: string
  ports: { shop: number; netsuite: number }
  onReady: (sandboxes: Sandboxes) => void
  remark: (text: string) => void
}): { stop(): Promise<void> } {
  let stopping = false
  let child = launch()

  function launch() {
    const { shop, netsuite } = options.ports
    const started = fork(entry, [sandboxCommand, options.folder, String(shop), String(netsuite)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: withoutSecrets(process.env),
    })
    // What our own child sends is what `startSandboxes` gave it.
    started.on('message', (message) => options.onReady(message as Sandboxes))
    started.on('exit', (code, signal) => {
      if (stopping) return
      options.remark(`waybill: The sandboxes ended (${signal ?? `exit code ${code}`}); starting them again.`)
      setTimeout(() => {
        if (!stopping) child = launch()
      }, 1000)
    })
    return started
  }

  return {
    stop: async () => {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
    },
  }
}

const doorKeys = ['WAYBILL_KEY', 'WAYBILL_TOKEN', 'DATABASE_URL']

/** The sandboxes play other people's systems: what opens Waybill's own doors is not for them. */
const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !doorKeys.includes(name)))
