import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Db } from '../ledger/database.ts'
import { figures } from '../ledger/views/figures.ts'

export interface Metrics {
  contentType: string
  observe(request: { method: string; route: string; status: number; seconds: number }): void
  /** The text Prometheus reads; the ledger's figures are counted at this moment. */
  read(db: Db, now: Date): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'How long requests took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  const gauge = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Gauge({ name: `waybill_${name}`, help, labelNames, registers })
  const orders = gauge('orders', 'Orders by status', ['connection', 'status'])
  const jobs = gauge('jobs', 'Work in the queue', ['connection', 'kind', 'state'])
  const problems = gauge('open_problems', 'Open problems of orders', ['code'])
  const connections = gauge('connection_health', '1 for the health a connection has', [
    'connection',
    'role',
    'health',
  ])
  const gaps = gauge('open_gaps', 'Intervals not read yet', ['connection'])
  const refused = gauge('webhooks_refused', 'Forged or malformed deliveries so far', ['connection'])

  return {
    contentType: registry.contentType,
    observe: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    async read(db, now) {
      const counted = await figures(db, now)
      for (const one of [orders, jobs, problems, connections, gaps, refused]) one.reset()
      for (const { n, ...labels } of counted.orders) orders.set(labels, n)
      for (const { n, ...labels } of counted.jobs) jobs.set(labels, n)
      for (const { n, ...labels } of counted.problems) problems.set(labels, n)
      for (const labels of counted.connections) connections.set(labels, 1)
      for (const { n, ...labels } of counted.openGaps) gaps.set(labels, n)
      for (const { n, ...labels } of counted.refusedWebhooks) refused.set(labels, n)
      return registry.metrics()
    },
  }
}
