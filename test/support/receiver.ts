import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** A program that is told by webhook: keeps what it gets, and answers as it is told to. */
export interface ReceiverServer {
  url: string
  got: Received[]
  /** How it answers from now on; 'silence': not at all. */
  answer(how: Answer | 'silence'): void
  /** As `answer`, for bodies alone that contain this. */
  answerTo(words: string, how: Answer): void
  close(): Promise<void>
}

export async function openReceiver(): Promise<ReceiverServer> {
  const got: Received[] = []
  let usual: Answer | 'silence' = { status: 204 }
  const special = new Map<string, Answer>()
  const reply = (response: ServerResponse, body: string) => {
    const how = [...special].find(([words]) => body.includes(words))?.[1] ?? usual
    if (how !== 'silence') response.writeHead(how.status, how.headers).end(how.body)
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      got.push({ method: request.method!, path: request.url!, headers: request.headers, body })
      reply(response, body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hidden`,
    got,
    answer: (how) => (usual = how),
    answerTo: (words, how) => special.set(words, how),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
