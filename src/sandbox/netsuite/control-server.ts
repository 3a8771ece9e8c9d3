import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Result } from '../../result.ts'
import type { Control } from './control.ts'
import { faultSchema } from './faults.ts'
import { itemSeedSchema } from './seed.ts'

const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
const shipSchema = z.strictObject({
  tracking: z.string().trim().optional(),
  carrier: z.string().trim().min(1).optional(),
  lines: z
    .array(z.strictObject({ line: z.number().int(), quantity: z.number().positive().optional() }))
    .optional(),
})
/** Numbers as a list, or as they are typed: with commas between. */
const trackSchema = z.strictObject({
  numbers: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
    .default([])
    .transform((list) => list.map((number) => number.trim()).filter((number) => number !== '')),
  carrier: z.string().trim().min(1).optional(),
})
const nothing = z.looseObject({})

/**
 * The control endpoints, `/_control/…`: JSON in, JSON out. The page posts forms to the same ones and is sent back.
 * Wrong input is answered 400 with the field that is wrong.
 */
export function serveControl(app: FastifyInstance, control: Control): void {
  const post = <T extends z.ZodType>(
    path: string,
    schema: T,
    work: (input: z.output<T>, key: string) => Result<string, string> | void,
  ) =>
    app.post(`/_control/${path}`, async (request: FastifyRequest<{ Params: { key?: string } }>, reply) => {
      const input = schema.safeParse(readBody(request))
      if (!input.success) return reply.code(400).send({ error: z.prettifyError(input.error) })
      const outcome = work(input.data, request.params.key ?? '')
      return answer(request, reply, outcome ?? undefined)
    })

  post('faults', faultSchema, (fault) => void control.fault(fault))
  post('faults/clear', nothing, () => control.clearFaults())
  post('expire-tokens', nothing, () => control.expireTokens())
  post('revoke', z.strictObject({ revoked: truth.default(true) }), ({ revoked }) => control.revoke(revoked))
  post('items', itemSeedSchema, (item) => ({ ok: true, value: control.addItem(item) }))
  post(
    'items/:key',
    z.strictObject({ inactive: truth.optional(), itemId: z.string().min(1).optional() }),
    (change, key) => control.changeItem(key, change),
  )
  post('items/:key/delete', nothing, (_, key) => control.deleteItem(key))
  post(
    'customers/:key',
    z.strictObject({
      inactive: truth.optional(),
      subsidiary: z.string().optional(),
      currency: z.string().optional(),
    }),
    (change, key) => control.changeCustomer(key, change),
  )
  post('tax-codes/:key', z.strictObject({ rate: z.string() }), ({ rate }, key) =>
    control.changeTaxCode(key, rate),
  )
  post('orders/:key/ship', shipSchema, (request, key) => control.ship(key, request))
  post('fulfillments/:key/tracking', trackSchema, (request, key) => control.track(key, request))
  post('orders/:key/delete', nothing, (_, key) => control.deleteOrder(key))
  post('orders/:key/lock', z.strictObject({ locked: truth.default(true) }), ({ locked }, key) =>
    control.lock(key, locked),
  )
  post('orders/:key/status', z.strictObject({ status: z.string() }), ({ status }, key) =>
    control.setStatus(key, status),
  )
  post('mandatory-fields', z.strictObject({ field: z.string().min(1), label: z.string().min(1) }), (field) =>
    control.addMandatoryField(field),
  )
  post('mandatory-fields/:key/remove', nothing, (_, key) => control.removeMandatoryField(key))
  post('period-lock', z.strictObject({ until: z.iso.date().nullable() }), ({ until }) =>
    control.lockPeriod(until),
  )
  post('requests/clear', nothing, () => control.clearRequests())

  app.get('/_control/state', async () => control.state())
  app.get('/_control/requests', async () => ({
    highestInFlight: control.state().highestInFlight,
    highestOpen: control.state().highestOpen,
    items: control.requests(),
  }))
}

const isForm = (request: FastifyRequest) =>
  request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true

const numberFields = new Set(['times', 'after', 'ms'])

/** JSON or a form: its empty fields are absent, its numbers are numbers, `line:3=2` is two pieces of line 3. */
function readBody(request: FastifyRequest): unknown {
  const text = typeof request.body === 'string' ? request.body : ''
  if (isForm(request)) {
    const fields = [...new URLSearchParams(text)].filter(([, value]) => value !== '')
    const lines = fields
      .filter(([name, value]) => name.startsWith('line:') && Number(value) > 0)
      .map(([name, value]) => ({ line: Number(name.slice(5)), quantity: Number(value) }))
    const plain = fields
      .filter(([name]) => !name.startsWith('line:'))
      .map(([name, value]) => [name, numberFields.has(name) ? Number(value) : value] as const)
    return { ...Object.fromEntries(plain), ...(lines.length > 0 ? { lines } : {}) }
  }
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Result<string, string> | undefined,
): FastifyReply {
  if (isForm(request)) {
    const back = new URL(request.headers.referer ?? '/', 'http://sandbox')
    back.searchParams.delete('error')
    if (outcome !== undefined && !outcome.ok) back.searchParams.set('error', outcome.error)
    const gone = request.url.endsWith('/delete') && outcome?.ok === true
    return reply.redirect(gone ? '/' : back.pathname + back.search, 303)
  }
  if (outcome === undefined) return reply.send({ done: true })
  return outcome.ok
    ? reply.send({ done: true, id: outcome.value })
    : reply.code(409).send({ error: outcome.error })
}
