import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ApiError } from '../api/client.ts'
import { useShopZone } from '../api/hooks.ts'
import { orderQuery, orderSupportFile } from '../api/queries.ts'
import type { OrderDetail } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { Panel } from '../components/Panel.tsx'
import { StatusBadge } from '../components/StatusBadge.tsx'
import { SupportFile } from '../components/SupportFile.tsx'
import { Time } from '../components/Time.tsx'
import { formatDay, formatMoney } from '../format.ts'
import { useNow } from '../now.ts'
import { Edits } from '../order/Edits.tsx'
import { Lines } from '../order/Lines.tsx'
import { NoteBox } from '../order/NoteBox.tsx'
import { OrderProblems } from '../order/OrderProblems.tsx'
import { Preview } from '../order/Preview.tsx'
import { Ids, People, Shipments } from '../order/Side.tsx'
import { Stations } from '../order/Stations.tsx'
import { Versions } from '../order/Versions.tsx'
import { Waybill } from '../order/Waybill.tsx'
import { RecordLink } from '../orders/columns.tsx'
import { OrderActions } from '../orders/OrderActions.tsx'
import { Outlook } from '../orders/Outlook.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './OrderPage.module.css'

const words = texts.order

export function OrderPage() {
  const { id } = useParams({ from: '/orders/$id' })
  const { data: order, error, refetch } = useQuery(orderQuery(id))
  useTitle(order === undefined ? words.title('') : words.title(order.number))
  if (order !== undefined) return <Shown order={order} />
  if (error === null) return <div className={classes.pending} aria-busy="true" />
  if (!(error instanceof ApiError) || error.status !== 404)
    return <PageError page error={error} reset={() => void refetch()} />
  return (
    <Notice page title={words.notFound.title} text={words.notFound.text}>
      <LinkButton to="/">{words.notFound.action}</LinkButton>
    </Notice>
  )
}

function Shown({ order }: { order: OrderDetail }) {
  const shopZone = useShopZone(order.connection)
  return (
    <>
      <Link to="/" className={classes.back}>
        {words.back}
      </Link>
      <header className={classes.head}>
        <div className={classes.title}>
          <h1 className="num">{words.title(order.number)}</h1>
          <StatusBadge status={order.status} label={order.label} />
        </div>
        <OrderActions order={order} inHead />
      </header>
      <Facts order={order} shopZone={shopZone} />
      <Notes order={order} />
      <Stations order={order} shopZone={shopZone} />
      <OrderProblems order={order} />
      <Edits order={order} />
      <div className={classes.columns}>
        <div className={classes.main}>
          {order.canonical === null ? null : (
            <Panel title={words.lines.title}>
              <Lines canonical={order.canonical} order={order} />
            </Panel>
          )}
          <Panel title={words.waybill} hint={words.waybillHint} id="waybill">
            <NoteBox orderId={order.id} />
            <Waybill order={order} shopZone={shopZone} />
          </Panel>
          <Preview order={order} />
          <Versions order={order} />
        </div>
        <aside className={classes.side}>
          <Shipments shipments={order.shipments} shopZone={shopZone} />
          {order.canonical === null ? null : <People canonical={order.canonical} />}
          <Ids order={order} shopZone={shopZone} />
          <SupportFile href={orderSupportFile(order.id)} about={words.title(order.number)} />
        </aside>
      </div>
    </>
  )
}

function Facts({ order, shopZone }: { order: OrderDetail; shopZone: string | null }) {
  return (
    <p className={classes.facts}>
      {order.total === null ? null : <strong className="num">{formatMoney(order.total)}</strong>}
      {order.customer?.name ? <span>{order.customer.name}</span> : null}
      {order.placedAt === null ? null : (
        <span>
          {words.placed} <Time at={order.placedAt} shopZone={shopZone} />
        </span>
      )}
      <span>{order.connection}</span>
      {order.record === null ? null : (
        <span>
          {words.record} <RecordLink order={order} />
        </span>
      )}
    </p>
  )
}

/** What goes beside the status: what comes next. */
function Notes({ order }: { order: OrderDetail }) {
  const now = useNow('minute')
  const day = (iso: string) => formatDay(new Date(iso), now)
  return (
    <>
      {order.problems.length === 0 || order.status === 'held' ? (
        <p className={classes.outlook}>
          <Outlook order={order} />
        </p>
      ) : order.cancelsAt === null ? null : (
        <p className={classes.warning}>{texts.orders.cancelsOn(day(order.cancelsAt))}</p>
      )}
    </>
  )
}
