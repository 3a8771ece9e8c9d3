import { TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import type { HttpResponse } from './contract.ts'

/** Whoever wants to know how a way out is used. It keeps no call waiting. */
export interface CallWatch {
  /** A request is sent; what is given back is told when it has ended. The answer is null where there was none. */
  begins(): (ended: { ms: number; answer: HttpResponse | null }) => void
  /** Until when the certificate is valid with which the other side showed itself. */
  certificate(validTo: Date): void
}

/** Connects as `connect` does, and tells of the certificate of each new connection. */
export const lookingAtCertificates =
  (connect: buildConnector.connector, watch: CallWatch): buildConnector.connector =>
  (options, done) =>
    connect(options, (...made) => {
      const [, socket] = made
      if (socket instanceof TLSSocket) {
        const validTo = new Date(socket.getPeerCertificate().valid_to)
        // A session that was taken up again may not show it once more.
        if (!Number.isNaN(validTo.getTime())) watch.certificate(validTo)
      }
      done(...made)
    })
