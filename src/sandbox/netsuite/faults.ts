import { z } from 'zod'

/** What the sandbox can be told to do wrong. */
export const faultSchema = z.strictObject({
  kind: z.enum([
    /** The connection is cut before anything is read. */
    'down',
    /** 500 with NetSuite's UNEXPECTED_ERROR; nothing is done. */
    'error500',
    /** 503 and the maintenance page, HTML. */
    'maintenance',
    /** 429 CONCURRENCY_LIMIT_EXCEEDED. */
    'throttle429',
    /** 400 SSS_REQUEST_LIMIT_EXCEEDED, the other form of overload. */
    'overload400',
    /** The answer takes `ms` longer; half before the work is done, half after. */
    'slow',
    /** 200 and an answer that is cut off; on a write nothing is done. */
    'garbage',
    /** 200 and a web page: something in front of NetSuite answers in its stead. */
    'webPage',
    /** The work is done, then the connection is cut: the answer is lost. */
    'loseAnswer',
    /** The work is done, then a proxy answers 502. */
    'errorAfterCommit',
    /** The connection is cut at once, and the work is done `ms` later, if NetSuite's own time limit allows it. */
    'commitLate',
    /** Overload words itself as a bad login (401 INVALID_LOGIN_ATTEMPT) while other calls are in flight. */
    'overloadAsBadLogin',
  ]),
  /** How many calls it hits; until it is cleared when absent. */
  times: z.number().int().positive().optional(),
  /** Lets so many calls that fit pass before it begins. */
  after: z.number().int().nonnegative().optional(),
  method: z.string().toUpperCase().optional(),
  /** A part of the path, such as `salesOrder` or `suiteql`. */
  path: z.string().optional(),
  ms: z.number().nonnegative().optional(),
})

/** Faults of one call's work: unless told otherwise, they hit writes of records alone. */
const ofWrites = new Set(['loseAnswer', 'errorAfterCommit', 'commitLate'])
/** Faults of the whole host: unless told otherwise, only these hit the token endpoint as well. */
const ofHost = new Set(['down', 'maintenance', 'webPage'])

export type Fault = z.input<typeof faultSchema>
type Armed = z.output<typeof faultSchema> & { onHit?: (() => void) | undefined }

export interface Faults {
  /**
   * @param onHit told of each call that it hits
   * @returns what takes this fault back
   */
  arm(fault: Fault, onHit?: () => void): () => void
  clear(): void
  /** The faults that hit this call, oldest first. Counts them as used. */
  hit(method: string, path: string): Armed[]
  armed(): Armed[]
}

export function makeFaults(): Faults {
  let armed: Armed[] = []
  return {
    arm: (fault, onHit) => {
      const one = { ...faultSchema.parse(fault), onHit }
      armed.push(one)
      return () => (armed = armed.filter((other) => other !== one))
    },
    clear: () => (armed = []),
    armed: () => [...armed],
    hit(method, path) {
      const hits: Armed[] = []
      for (const fault of armed) {
        if (!fits(fault, method, path)) continue
        if (fault.after !== undefined && fault.after > 0) {
          fault.after--
          continue
        }
        hits.push(fault)
        fault.onHit?.()
        if (fault.times !== undefined) fault.times--
      }
      armed = armed.filter((fault) => fault.times !== 0)
      return hits
    },
  }
}

function fits(fault: Armed, method: string, path: string): boolean {
  const write = method !== 'GET' && path.includes('/record/')
  if (fault.method !== undefined && fault.method !== method) return false
  if (fault.path !== undefined) return path.toLowerCase().includes(fault.path.toLowerCase())
  if (ofWrites.has(fault.kind)) return write
  return ofHost.has(fault.kind) || !path.includes('/oauth2/')
}
