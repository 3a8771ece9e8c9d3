import type { Http, HttpRequest, HttpResponse, Outcome } from '../connectors/contract.ts'

type Answer = Promise<Outcome<HttpResponse>>

/** Answers that would be others a moment later: no token any more, too many calls, the other side in trouble. */
const passing = [401, 403, 408, 429]

/**
 * For many questions of one moment that are alike, and that change nothing over there: the same one goes out once. What
 * only this moment answers badly is asked again.
 */
export function askOnce(): { over: (http: Http) => Http; known: (instead: () => Answer) => Http } {
  const answers = new Map<string, Answer>()
  const keyOf = ({ method, url, body }: HttpRequest) => JSON.stringify([method, url, body])
  const send = async (http: Http, request: HttpRequest, key: string): Answer => {
    let isKept = false
    try {
      const answer = await http(request)
      isKept = answer.ok && answer.value.status < 500 && !passing.includes(answer.value.status)
      return answer
    } finally {
      if (!isKept) answers.delete(key)
    }
  }
  return {
    over: (http) => (request) => {
      const key = keyOf(request)
      const answer = answers.get(key) ?? send(http, request, key)
      answers.set(key, answer)
      return answer
    },
    /** What has been answered already; else nothing is sent. */
    known: (instead) => (request) => answers.get(keyOf(request)) ?? instead(),
  }
}
