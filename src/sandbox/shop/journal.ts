/** One request to the shop's own API (never the control endpoints). */
export interface JournalEntry {
  n: number
  at: string
  method: string
  path: string
  query: string
  /** The status answered; 0 when the socket was destroyed without an answer. */
  status: number
  /** How many requests were being answered when this one came in, itself included. */
  concurrent: number
  /** The fault that shaped the answer, if any. */
  fault: string | null
  /** The port that the caller's connection came from. */
  from: number
}

/** How far a request has come: read and not yet worked on, worked on and not yet answered. */
export type RequestStep = 'let in' | 'done'
export type RequestWatcher = (entry: JournalEntry, step: RequestStep) => void

export interface Journal {
  entries: JournalEntry[]
  inFlight: number
  mostInFlight: number
  count: number
}

export interface Begun {
  reach(step: RequestStep): void
  end(status: number, fault: string | null): void
}

const kept = 5000

export const newJournal = (): Journal => ({ entries: [], inFlight: 0, mostInFlight: 0, count: 0 })

/** Notes a request that begins; what is returned notes its way, and tells those who watch. */
export function begin(
  journal: Journal,
  watchers: ReadonlySet<RequestWatcher>,
  { at, method, url, from }: { at: Date; method: string; url: string; from: number },
): Begun {
  journal.inFlight += 1
  journal.count += 1
  journal.mostInFlight = Math.max(journal.mostInFlight, journal.inFlight)
  const question = url.indexOf('?')
  const entry: JournalEntry = {
    n: journal.count,
    at: at.toISOString(),
    method,
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? '' : hideSecrets(url.slice(question + 1)),
    status: 0,
    concurrent: journal.inFlight,
    fault: null,
    from,
  }
  journal.entries.push(entry)
  if (journal.entries.length > kept) journal.entries.splice(0, journal.entries.length - kept)
  return {
    reach: (step) => {
      for (const watcher of watchers) watcher(entry, step)
    },
    end: (status, fault) => {
      journal.inFlight -= 1
      entry.status = status
      entry.fault = fault
    },
  }
}

const hideSecrets = (query: string): string =>
  query.replace(/((?:consumer_secret|consumer_key|oauth_[a-z_]+)=)[^&]*/g, '$1…')
