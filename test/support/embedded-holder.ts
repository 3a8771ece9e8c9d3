import { startEmbedded } from '../../src/ledger/embedded/index.ts'
import type { EmbeddedOptions } from '../../src/ledger/embedded/index.ts'

/** A Waybill of its own process: starts the database of a home, says on standard output what came of it, and stays. */
const options = JSON.parse(process.argv[2]!) as Pick<
  EmbeddedOptions,
  'home' | 'shared' | 'patience' | 'durable' | 'binaries' | 'temporary'
>
const started = await startEmbedded({
  ...options,
  now: () => new Date(),
  log: { info: () => {}, warn: console.error, error: console.error },
})
console.log(
  JSON.stringify(
    started.ok
      ? { ok: true, pid: started.value.pid(), started: started.value.started, url: started.value.databaseUrl }
      : started,
  ),
)
if (started.ok) setInterval(() => {}, 60_000)
