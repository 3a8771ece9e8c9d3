import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface FrontAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface FrontOptions {
  /** Default: any free one. That of a sandbox that is down: something else answers at its address. */
  port?: number
  /** Where requests go that `answer` lets through. */
  behind?: () => string
  /** What it answers by itself; null lets a request through. */
  answer?: (request: { method: string; path: string; body: string }) => FrontAnswer | null
  /** It speaks TLS, and shows this certificate. */
  tls?: { cert: string; key: string }
}

export interface Front {
  url: string
  /** Shows this certificate from now on. */
  present(cert: string): void
  close(): Promise<void>
}

/** What stands before a shop or NetSuite on the way to it: a TLS end, a firewall, or something else at its address. */
export async function startFront({ port = 0, behind, answer, tls }: FrontOptions): Promise<Front> {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => (body += part))
    request.on('end', () => {
      const own = answer?.({ method, path, body }) ?? null
      if (own !== null) response.writeHead(own.status, own.headers).end(own.body ?? '')
      else passOn(request, body, response, behind!())
    })
  }
  const server = tls ? createTlsServer(tls, handle) : createServer(handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    present: (cert) => {
      if ('setSecureContext' in server) server.setSecureContext({ ...tls, cert })
      server.closeAllConnections()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function passOn(request: IncomingMessage, body: string, response: ServerResponse, to: string): void {
  const headers = { ...request.headers, 'x-forwarded-proto': 'https' }
  const passed = send(new URL(request.url ?? '/', to), { method: request.method ?? 'GET', headers })
  passed.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  passed.on('error', () => response.writeHead(502).end())
  passed.end(body)
}
