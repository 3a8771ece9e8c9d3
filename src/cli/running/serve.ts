import path from 'node:path'
import { allowList } from '../../connectors/addresses.ts'
import { backends, channels } from '../../connectors/index.ts'
import type { Deps } from '../../flows/deps.ts'
import { root } from '../../root.ts'
import { createServer } from '../../server/create-server.ts'
import type { Environment } from '../environment.ts'
import { CliFailure } from '../failure.ts'
import { version } from '../version.ts'
import type { OpenLedger } from './database.ts'

const webDir = path.join(root, 'web', 'dist')

export interface Serving {
  url: string
  /** Opens the page in one browser, once. */
  link: string
  close(): Promise<void>
}

/** Serves API and page in this process. */
export async function serve(options: {
  ledger: OpenLedger
  deps: Deps
  environment: Environment
  port: number
  token: string
}): Promise<Serving> {
  const { ledger, deps, environment, port, token } = options
  const server = await createServer({
    deps,
    pool: ledger.pool,
    vault: ledger.vault,
    connectors: { channels, backends },
    allow: allowList(environment.allowHosts),
    token,
    publicUrl: environment.publicUrl,
    host: environment.listen,
    webDir,
    version,
  })
  try {
    const url = await server.listen(port)
    return { url, link: await server.newLink(), close: () => server.close() }
  } catch (error) {
    await server.close()
    throw refused(error, environment.listen, port)
  }
}

function refused(error: unknown, host: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE')
    return new CliFailure(
      `Port ${port} is in use by another program`,
      'Name another with --port, such as --port 4001.',
      { code: 'port_in_use' },
    )
  if (code === 'EACCES')
    return new CliFailure(
      `This user may not listen on port ${port}`,
      'Name one from 1024 up with --port, such as --port 4000.',
    )
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new CliFailure(
      `This machine has no address ${host}`,
      'Set WAYBILL_LISTEN to one of its own, such as 127.0.0.1 or 0.0.0.0.',
    )
  return error
}
