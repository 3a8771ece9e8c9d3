import type { ReactNode } from 'react'
import type { OrderDetail, Shipment } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Side.module.css'

type Canonical = NonNullable<OrderDetail['canonical']>
type AddressOf = NonNullable<Canonical['billing']>

/** Who ordered, where it goes, how it was paid. */
export function People({ canonical }: { canonical: Canonical }) {
  const { customer, billing, shipping, payment, customerNote } = canonical
  const words = texts.order.people
  const same = billing !== null && shipping !== null && linesOf(billing).join() === linesOf(shipping).join()
  return (
    <Panel title={words.title}>
      <p className={classes.strong}>{customer.name || words.none}</p>
      {customer.email === null ? null : <p className={classes.soft}>{customer.email}</p>}
      <dl className={classes.facts}>
        <Fact name={words.shipping}>{shipping === null ? words.none : <Address address={shipping} />}</Fact>
        <Fact name={words.billing}>
          {billing === null ? words.none : same ? words.same : <Address address={billing} />}
        </Fact>
        {payment === null ? null : (
          <Fact name={words.payment}>
            {payment.title || payment.code}
            {payment.transactionId === null ? null : (
              <span className={classes.code}>{payment.transactionId}</span>
            )}
          </Fact>
        )}
        {customerNote === null || customerNote === '' ? null : <Fact name={words.note}>{customerNote}</Fact>}
      </dl>
    </Panel>
  )
}

function linesOf({ name, company, line1, line2, postcode, city, region, country }: AddressOf): string[] {
  return [
    name,
    company,
    line1,
    line2,
    [postcode, city, regionName(region)].filter(Boolean).join(' '),
    countryName(country),
  ].filter((line): line is string => Boolean(line))
}

/** Codes such as "DE-BE" are for programs; people write the town alone. */
const regionName = (region: string | null): string | null =>
  region !== null && /^[A-Z]{2}-/.test(region) ? null : region

const countries = new Intl.DisplayNames(texts.language, { type: 'region', fallback: 'code' })
const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code)

function Address({ address }: { address: AddressOf }) {
  return (
    <address className={classes.address}>
      {linesOf(address).map((line) => (
        <span key={line}>{line}</span>
      ))}
    </address>
  )
}

export function Shipments({ shipments, shopZone }: { shipments: Shipment[]; shopZone: string | null }) {
  const words = texts.order.shipments
  return (
    <Panel title={words.title}>
      {shipments.length === 0 ? <p className={classes.soft}>{words.none}</p> : null}
      <ul className={classes.shipments}>
        {shipments.map((shipment) => (
          <li key={shipment.id} data-status={shipment.status}>
            <p className={classes.strong}>
              {shipment.carrier ?? words.noCarrier}{' '}
              <span className={classes.code}>{shipment.trackingNumbers.join(', ') || words.noTracking}</span>
            </p>
            <p className={classes.soft}>
              <Time at={shipment.sentAt ?? shipment.shippedAt} shopZone={shopZone} /> ·{' '}
              <span className={classes.state}>{words.status[shipment.status]}</span>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

export function Ids({ order, shopZone }: { order: OrderDetail; shopZone: string | null }) {
  const words = texts.order.facts
  return (
    <Panel title={words.title}>
      <dl className={classes.facts}>
        <Fact name={words.firstSeen}>
          <Time at={order.firstSeenAt} shopZone={shopZone} />
        </Fact>
        <Fact name={words.channelStatus}>{order.channelStatus ?? texts.order.people.none}</Fact>
        <Fact name={words.channelOrderId} code>
          {order.channelOrderId}
        </Fact>
        {order.record === null ? null : (
          <Fact name={words.recordId} code>
            {order.record.id}
          </Fact>
        )}
        <Fact name={words.externalId} code>
          {order.externalId}
        </Fact>
        <Fact name={words.waybillId} code>
          {order.id}
        </Fact>
      </dl>
    </Panel>
  )
}

function Fact({ name, code = false, children }: { name: string; code?: boolean; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={code ? classes.code : undefined}>{children}</dd>
    </div>
  )
}
