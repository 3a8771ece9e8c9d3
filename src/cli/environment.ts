import path from 'node:path'
import { allowList } from '../connectors/addresses.ts'
import { CliFailure } from './failure.ts'

/** What the environment says; every name is in the README. */
export interface Environment {
  home: string
  databaseUrl: string | null
  key: string | undefined
  listen: string
  publicUrl: string | null
  allowHosts: string[]
  /** Where the command finds a server elsewhere. */
  url: string | null
  token: string | null
  logLevel: string | null
  /** The socket of the clock that a test moves. */
  testClock: string | null
}

/** Reads the environment; a value of the wrong form is one clear line. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const text = (name: string): string | null => env[name]?.trim() || null
  const allowHosts = (text('WAYBILL_ALLOW_HOSTS') ?? '').split(',').filter((entry) => entry.trim() !== '')
  try {
    allowList(allowHosts)
  } catch (error) {
    throw new CliFailure(
      (error as Error).message,
      'Write names, addresses or ranges with commas between them, such as 127.0.0.1,10.0.0.0/8.',
      { exitCode: 2 },
    )
  }
  const publicUrl = text('WAYBILL_PUBLIC_URL')
  if (publicUrl !== null && !/^https?:$/.test(protocolOf(publicUrl)))
    throw new CliFailure(
      `WAYBILL_PUBLIC_URL is not a web address: ${publicUrl}`,
      'Write it as https://waybill.example.com.',
      { exitCode: 2 },
    )
  const testClock = text('WAYBILL_TEST_CLOCK')
  if (testClock !== null && env['NODE_ENV'] !== 'test')
    throw new CliFailure(
      'WAYBILL_TEST_CLOCK is set: Waybill would not live in real time',
      'Unset it. It is for tests of Waybill itself, which set NODE_ENV=test as well.',
    )
  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl !== null && !/^postgres(ql)?:$/.test(protocolOf(databaseUrl)))
    throw new CliFailure(
      'DATABASE_URL is not the address of a PostgreSQL',
      'Write it as postgresql://user:password@host:5432/database, or leave it out to use the embedded one.',
      { exitCode: 2 },
    )
  return {
    home: path.resolve(text('WAYBILL_HOME') ?? '.waybill'),
    databaseUrl,
    key: text('WAYBILL_KEY') ?? undefined,
    listen: text('WAYBILL_LISTEN') ?? '127.0.0.1',
    publicUrl: publicUrl?.replace(/\/+$/, '') ?? null,
    allowHosts,
    url: text('WAYBILL_URL')?.replace(/\/+$/, '') ?? null,
    token: text('WAYBILL_TOKEN'),
    logLevel: text('WAYBILL_LOG'),
    testClock,
  }
}

const protocolOf = (text: string): string => (URL.canParse(text) ? new URL(text).protocol : '')
