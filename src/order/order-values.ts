import type { Order } from './order.ts'

/** The parts of an order that values are read from by their path, such as `billing.phone`. */
const roots = (order: Order): Record<string, object | null> => ({
  order,
  billing: order.billing,
  shipping: order.shipping,
  customer: order.customer,
  payment: order.payment,
  fields: order.fields,
})

/** A value of the order by its path; empty when it has none. */
export function valueAt(order: Order, path: string): string {
  const [root = '', ...rest] = path.split('.')
  const name = rest.join('.')
  const source = roots(order)[root]
  return source && Object.hasOwn(source, name) ? textOf((source as Record<string, unknown>)[name]) : ''
}

/** Every path at which the order says something, with what it says. */
export const valuesOf = (order: Order): { path: string; value: string }[] =>
  Object.entries(roots(order)).flatMap(([root, source]) =>
    Object.entries(source ?? {})
      .map(([name, value]) => ({ path: `${root}.${name}`, value: textOf(value) }))
      .filter(({ value }) => value !== ''),
  )

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'string') ? value.join(', ') : ''
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : ''
}
