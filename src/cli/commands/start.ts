import type { Output } from '../output.ts'
import type { RunOptions } from '../running/run.ts'
import { supervise, supervisedVariable, tellSupervisor } from '../running/supervisor.ts'

/** `waybill start|server|worker`: keeps the real process running, and is that process when it was started by itself. */
export async function start(options: RunOptions & { args: string[] }, output: Output): Promise<number> {
  if (process.env[supervisedVariable] === undefined)
    return supervise({ args: options.args, env: process.env, remark: output.remark })
  return runSupervised(options, output)
}

/** Runs Waybill under a supervisor: what another try would not mend is said once, and ends both. */
export async function runSupervised(options: RunOptions, output: Output): Promise<never> {
  // The supervisor itself stays small: only the process that it starts loads all of Waybill.
  const { mayPass, refusalOf, run } = await import('../running/run.ts')
  try {
    process.exit(await run(options, output, process.env))
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === null) throw error
    output.failure(refusal)
    await tellSupervisor({ type: 'refused', mayPass: mayPass(refusal) })
    process.exit(refusal.exitCode)
  }
}
