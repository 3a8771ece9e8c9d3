import { type DestinationStream, pino } from 'pino'
import { redactText } from '../connectors/redact.ts'
import type { Log } from '../connectors/contract.ts'

const levels = ['debug', 'info', 'warn', 'error', 'silent']

/**
 * Logs as JSON lines. Credentials never get there: every line passes the same redaction as the exchanges that are kept,
 * whatever field they stand in, and one-time links lose their token.
 */
export function createLog(level: string, destination: DestinationStream): Log {
  return pino(
    {
      level: levels.includes(level) ? level : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
      hooks: { streamWrite: withoutSecrets },
    },
    destination,
  )
}

/** A line of the log, again as JSON; texts in it that are JSON themselves are gone through as well. */
function withoutSecrets(line: string): string {
  const inside = JSON.stringify(JSON.parse(line), (_, value: unknown) =>
    typeof value === 'string' ? redactText(value) : value,
  )
  return `${redactText(inside)
    .replace(/(\/login\/)[\w-]+/g, '$1<redacted>')
    .replace(/((?:Bearer|Basic) )[\w.~+/=-]+/gi, '$1<redacted>')}\n`
}
