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
}

export interface Journal {
  entries: JournalEntry[]
  inFlight: number
  mostInFlight: number
  count: number
}

const kept = 5000

export const newJournal = (): Journal => ({ entries: [], inFlight: 0, mostInFlight: 0, count: 0 })

/** Notes a request that begins; the returned function notes its end. */
export function begin(
  journal: Journal,
  at: Date,
  method: string,
  url: string,
): (status: number, fault: string | null) => void {
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
  }
  journal.entries.push(entry)
  if (journal.entries.length > kept) journal.entries.splice(0, journal.entries.length - kept)
  return (status, fault) => {
    journal.inFlight -= 1
    entry.status = status
    entry.fault = fault
  }
}

const hideSecrets = (query: string): string =>
  query.replace(/((?:consumer_secret|consumer_key|oauth_[a-z_]+)=)[^&]*/g, '$1…')
