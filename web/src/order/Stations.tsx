import type { OrderDetail, Status } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Stations.module.css'

type State = 'done' | 'here' | 'stopped' | 'ahead' | 'off'
/** Waybill, backend, shipped: the shop has always been passed. */
type Place = [State, State, State]

const places: Record<Exclude<Status, 'cancelled'>, Place> = {
  import_error: ['stopped', 'ahead', 'ahead'],
  held: ['stopped', 'ahead', 'ahead'],
  imported: ['here', 'ahead', 'ahead'],
  scheduled: ['here', 'ahead', 'ahead'],
  posting: ['done', 'here', 'ahead'],
  verifying: ['done', 'here', 'ahead'],
  post_error: ['done', 'stopped', 'ahead'],
  posted: ['done', 'done', 'here'],
  partially_shipped: ['done', 'done', 'here'],
  shipment_error: ['done', 'done', 'stopped'],
  complete: ['done', 'done', 'done'],
}

const placeOf = (order: OrderDetail): Place => {
  if (order.status !== 'cancelled') return places[order.status]
  return order.record === null ? ['stopped', 'off', 'off'] : ['done', 'done', 'off']
}

/** The line the order travels: Shop, Waybill, NetSuite, Shipped, and where on it it is. */
export function Stations({ order, shopZone }: { order: OrderDetail; shopZone: string | null }) {
  const [waybill, backend, shipped] = placeOf(order)
  const lastShipment = order.shipments.findLast(({ sentAt }) => sentAt !== null)
  const stations: { name: string; note: string | null; state: State; at: string | null }[] = [
    { name: texts.order.stations.shop, note: order.channelStatus, state: 'done', at: order.placedAt },
    { name: texts.order.stations.waybill, note: null, state: waybill, at: order.firstSeenAt },
    {
      name: texts.order.stations.backend,
      note: order.record?.number ?? null,
      state: backend,
      at: order.record === null ? null : order.postedAt,
    },
    {
      name: texts.order.stations.shipped,
      note: lastShipment?.carrier ?? null,
      state: shipped,
      at: lastShipment?.sentAt ?? null,
    },
  ]
  return (
    <ol className={classes.line} aria-label={texts.order.stations.label}>
      {stations.map(({ name, note, state, at }) => (
        <li
          key={name}
          className={classes.station}
          data-state={state}
          aria-current={state === 'here' ? 'step' : undefined}
        >
          <span className={classes.stop}>
            {state === 'done' ? <Icon name="check" size={12} /> : null}
            {state === 'stopped' ? <Icon name="cross" size={12} /> : null}
          </span>
          <span className={classes.name}>
            {name}
            <span className="visually-hidden">: {texts.order.stations.state[state]}</span>
          </span>
          <span className={classes.note}>
            {note === null ? null : <span className={classes.detail}>{note}</span>}
            {at === null ? null : <Time at={at} shopZone={shopZone} />}
          </span>
        </li>
      ))}
    </ol>
  )
}
