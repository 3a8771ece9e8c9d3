import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ShopControl } from './control.ts'
import { controlPage } from './control-page.ts'
import { faultSchema } from './faults.ts'
import type { Json } from './http.ts'
import { parseQuery } from './php.ts'
import { troubles } from './random-order.ts'
import type { Shop } from './state.ts'

const id = z.coerce.number().int().positive()
const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', 'on', 'off']).transform((text) => text === 'true' || text === 'on'),
])
const optionalText = z.string().optional()

/** Runs an action after its input is checked; what it returns becomes the JSON answer. */
type Action = (input: unknown) => Promise<unknown>

const action =
  <T>(schema: z.ZodType<T>, run: (input: T) => unknown): Action =>
  async (input) =>
    run(schema.parse(input))

/** The names under POST /_control/… and what each takes. */
function actions(control: ShopControl): Record<string, Action> {
  return {
    order: action(
      z.strictObject({ trouble: z.enum([...troubles, 'none', '']).optional(), status: optionalText }),
      ({ trouble, status }) =>
        control.newOrder({
          ...(trouble && trouble !== 'none' && { trouble }),
          ...(status && { status }),
        }),
    ),
    'order-like': action(z.strictObject({ payload: z.string().min(2) }), ({ payload }) =>
      control.orderLike(payload),
    ),
    load: action(z.strictObject({ payload: z.string().min(2) }), ({ payload }) => control.load(payload)),
    edit: action(
      z.strictObject({
        id,
        status: optionalText,
        customer_note: optionalText,
        city: optionalText,
        quantity: z.coerce.number().int().nonnegative().optional().or(z.literal('')),
      }),
      (wanted) => editOrder(control, wanted),
    ),
    cancel: action(z.strictObject({ id }), (order) => control.cancel(order.id)),
    refund: action(
      z.strictObject({ id, amount: z.string(), reason: optionalText }),
      ({ id, amount, reason }) => control.refund(id, amount, reason),
    ),
    trash: action(z.strictObject({ id }), (order) => control.trash(order.id)),
    restore: action(z.strictObject({ id }), (order) => control.restore(order.id)),
    delete: action(z.strictObject({ id }), (order) => control.remove(order.id)),
    down: action(
      z.strictObject({
        mode: z.enum(['refused', 'reset', 'maintenance']),
        /** Needed for "refused": nobody can reach the control page meanwhile. */
        seconds: z.coerce.number().positive().max(3600).optional(),
      }),
      async ({ mode, seconds }) => {
        if (mode === 'refused' && seconds === undefined)
          throw new Error('"refused" also closes this page: say for how many seconds.')
        // Closed once this answer is out.
        setImmediate(() => void control.down(mode))
        if (seconds !== undefined) setTimeout(() => void control.up(), seconds * 1000).unref()
      },
    ),
    up: action(z.strictObject({}), () => control.up()),
    fault: action(faultSchema, (spec) => control.fault(spec)),
    reset: action(z.strictObject({}), () => control.reset()),
    move: action(
      z.strictObject({ home: z.string(), mode: z.enum(['answers', 'redirect']).default('answers') }),
      ({ home, mode }) => control.move(home === '' ? null : { home: z.url().parse(home), mode }),
    ),
    webhooks: action(
      z.strictObject({
        drop: z.coerce.number().int().nonnegative().optional(),
        duplicate: z.coerce.number().int().nonnegative().optional(),
      }),
      ({ drop, duplicate }) =>
        control.webhookFaults({
          ...(drop !== undefined && { drop }),
          ...(duplicate !== undefined && { duplicate }),
        }),
    ),
    key: action(
      z.strictObject({
        permissions: z.enum(['read', 'write', 'read_write']).optional(),
        user: z.enum(['shop_manager', 'customer', 'deleted']).optional(),
      }),
      ({ permissions, user }) =>
        control.setKey({ ...(permissions && { permissions }), ...(user && { user }) }),
    ),
    late: action(z.strictObject({ seconds: z.coerce.number().int().nonnegative() }), ({ seconds }) =>
      control.listLate(seconds),
    ),
    'strip-authorization': action(z.strictObject({ on: flag }), ({ on }) => control.stripAuthorization(on)),
    deactivate: action(z.strictObject({ on: flag }), ({ on }) => control.deactivate(on)),
    fulfillments: action(z.strictObject({ on: flag }), ({ on }) => control.setFulfillments(on)),
    'plain-permalinks': action(z.strictObject({ on: flag }), ({ on }) => control.setPlainPermalinks(on)),
    'add-status': action(
      z.strictObject({ slug: z.string().min(1), label: optionalText }),
      ({ slug, label }) => control.addStatus(slug, label),
    ),
    'forget-status': action(z.strictObject({ slug: z.string().min(1) }), ({ slug }) =>
      control.forgetStatus(slug),
    ),
    drip: action(z.strictObject({ seconds: z.coerce.number().nonnegative() }), ({ seconds }) =>
      seconds === 0 ? control.stopDrip() : control.startDrip(seconds * 1000),
    ),
    'clear-requests': action(z.strictObject({}), () => control.clearRequests()),
  }
}

function editOrder(
  control: ShopControl,
  wanted: {
    id: number
    status?: string | undefined
    customer_note?: string | undefined
    city?: string | undefined
    quantity?: number | '' | undefined
  },
): unknown {
  const lines = control.order(wanted.id)?.body?.['line_items']
  const first = Array.isArray(lines) ? lines[0] : undefined
  const lineId: Json =
    first && typeof first === 'object' && !Array.isArray(first) ? (first['id'] ?? null) : null
  return control.edit(wanted.id, {
    ...(wanted.status && { status: wanted.status }),
    ...(wanted.customer_note && { customer_note: wanted.customer_note }),
    ...(wanted.city && { shipping: { city: wanted.city } }),
    ...(typeof wanted.quantity === 'number' && { line_items: [{ id: lineId, quantity: wanted.quantity }] }),
  })
}

/**
 * The sandbox's own endpoints, apart from WooCommerce's API: a page at /_control, JSON at /_control/requests,
 * /orders and /state, and POST /_control/{action} with a JSON body (JSON answer) or a form (back to the page).
 */
export function controlRoutes(app: FastifyInstance, shop: Shop, control: ShopControl): void {
  const known = actions(control)
  app.get('/_control', async (request, reply) => {
    const { said } = request.query as { said?: string }
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
      .send(controlPage(shop, said ?? ''))
  })
  // Where WooCommerce's own page of an order is: links from elsewhere lead there.
  app.get('/wp-admin/admin.php', async (_, reply) => reply.redirect('/_control', 303))
  app.get('/_control/requests', async () => control.requests())
  app.get('/_control/orders', async () => control.orders())
  app.get('/_control/state', async () => ({
    faults: shop.faults,
    key: { permissions: shop.keys[0]!.permissions, user: shop.keys[0]!.user },
    webhooks: [...shop.webhooks.values()].map((webhook) => ({ ...webhook, secret: undefined })),
  }))
  app.post('/_control/:action', async (request, reply) => {
    // A page of another site, open in the same browser, has no business here.
    if (request.headers['sec-fetch-site'] === 'cross-site')
      return reply.code(403).send({ error: 'cross-site' })
    const { action: name } = request.params as { action: string }
    const run = known[name]
    if (!run) return reply.code(404).send({ error: `No such action: ${name}.`, actions: Object.keys(known) })
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    try {
      const result = await run(isForm ? formOf(request.body) : jsonOf(request.body))
      if (isForm) return reply.redirect(`/_control?said=${encodeURIComponent(saying(name, result))}`, 303)
      return reply.send(result ?? { ok: true })
    } catch (error) {
      const text =
        error instanceof z.ZodError
          ? z.prettifyError(error)
          : error instanceof Error
            ? error.message
            : String(error)
      if (isForm) return reply.redirect(`/_control?said=${encodeURIComponent(text)}`, 303)
      return reply.code(400).send({ error: text })
    }
  })
}

function saying(name: string, result: unknown): string {
  const ids = (Array.isArray(result) ? result : [result])
    .filter((one): one is { id: number } => typeof one === 'object' && one !== null && 'id' in one)
    .map((one) => `#${one.id}`)
  return `${name}: done${ids.length > 0 ? `, order ${ids.join(', ')}` : ''}`
}

const jsonOf = (body: unknown): unknown => {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : ''
  return text === '' ? {} : JSON.parse(text)
}

/** A form's fields; empty ones count as left out. */
const formOf = (body: unknown): unknown =>
  Object.fromEntries(
    [...parseQuery(Buffer.isBuffer(body) ? body.toString('utf8') : '')].filter(([, value]) => value !== ''),
  )
