import { Button } from '@mantine/core'
import type { DoableAction, OrderDetail } from '../api/types.ts'
import { useAct } from '../orders/useAct.ts'
import { formatDay } from '../format.ts'
import { useNow } from '../now.ts'
import { texts } from '../texts.ts'
import classes from './Edits.module.css'

const words = texts.order.edits
type Difference = NonNullable<OrderDetail['difference']>
type RecordChange = OrderDetail['recordChanges'][number]

/** What the shop changed or cancelled after the order was posted, with the decisions that a person can make about it. */
export function Edits({ order }: { order: OrderDetail }) {
  const last = order.recordChanges.at(-1)
  const change = last && last.state !== 'done' ? last : null
  return (
    <>
      {order.cancelRequestedAt === null ? null : (
        <Cancellation
          order={order}
          at={order.cancelRequestedAt}
          change={change?.kind === 'cancel' ? change : null}
        />
      )}
      {order.difference?.isEdit || order.changedAfterPostingAt !== null ? (
        <Edit
          order={order}
          difference={order.difference}
          change={change?.kind === 'cancel' ? null : change}
        />
      ) : null}
    </>
  )
}

interface CancellationProps {
  order: OrderDetail
  at: string
  change: RecordChange | null
}

function Cancellation({ order, at, change }: CancellationProps) {
  const now = useNow('minute')
  return (
    <section className={classes.card} aria-label={words.cancelled.title}>
      <h2>{words.cancelled.title}</h2>
      <p className={classes.text}>{words.cancelled.text(formatDay(new Date(at), now))}</p>
      <Outcome change={change} />
      <Decisions order={order} actions={['cancel_record', 'keep_record']} />
    </section>
  )
}

interface EditProps {
  order: OrderDetail
  difference: Difference | null
  change: RecordChange | null
}

function Edit({ order, difference, change }: EditProps) {
  const now = useNow('minute')
  const at = order.changedAfterPostingAt
  const revived = order.status === 'cancelled'
  const title = at === null ? words.ignored : revived ? words.revived.title : words.changed.title
  const actions: DoableAction[] =
    difference?.needsReplacement === false && !revived
      ? ['update_record', 'replace_record', 'ignore_changes']
      : ['replace_record', 'ignore_changes']
  return (
    <section className={classes.card} data-decided={at === null} aria-label={title}>
      <h2>{title}</h2>
      {at === null ? null : (
        <p className={classes.text}>
          {revived ? words.revived.text : words.changed.text(formatDay(new Date(at), now))}{' '}
          {difference?.needsReplacement ? words.changed.needsReplacement : null}
        </p>
      )}
      {difference === null ? null : <Fields difference={difference} />}
      <Outcome change={change} />
      <Decisions order={order} actions={actions} />
    </section>
  )
}

function Fields({ difference }: { difference: Difference }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.fields}>
        <thead>
          <tr>
            <th scope="col">{words.columns.field}</th>
            <th scope="col">{words.columns.before}</th>
            <th scope="col">{words.columns.after}</th>
          </tr>
        </thead>
        <tbody>
          {difference.fields.map(({ field, label, before, after }) => (
            <tr key={field}>
              <th scope="row">{label}</th>
              <td>{before ?? <span className="quiet">{words.none}</span>}</td>
              <td>{after ?? <span className="quiet">{words.none}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What came of the last decision, where it is not done. */
function Outcome({ change }: { change: RecordChange | null }) {
  if (change === null) return null
  if (change.state !== 'refused')
    return (
      <p className={classes.waits}>{change.waits === null ? words.underWay : words.waits(change.waits)}</p>
    )
  return (
    <div className={classes.refused} role="alert">
      <p>{words.refused(change.why ?? '')}</p>
      {change.conflicts.length === 0 ? null : (
        <div className={classes.scroll}>
          <table className={classes.fields}>
            <thead>
              <tr>
                <th scope="col">{words.columns.field}</th>
                <th scope="col">{words.columns.sent}</th>
                <th scope="col">{words.columns.found}</th>
                <th scope="col">{words.columns.after}</th>
              </tr>
            </thead>
            <tbody>
              {change.conflicts.map(({ label, sent, found, wanted }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{sent ?? <span className="quiet">{words.none}</span>}</td>
                  <td>{found ?? <span className="quiet">{words.none}</span>}</td>
                  <td>{wanted ?? <span className="quiet">{words.none}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={classes.text}>{words.byHand}</p>
    </div>
  )
}

function Decisions({ order, actions }: { order: OrderDetail; actions: DoableAction[] }) {
  const { act, busyWith } = useAct()
  const possible = actions.filter((action) => order.actions.includes(action))
  const url = order.record?.url ?? null
  if (possible.length === 0 && url === null) return null
  return (
    <div className={classes.buttons}>
      {possible.map((action, index) => (
        <Button
          key={action}
          variant={index === 0 ? 'filled' : 'default'}
          loading={busyWith === order.id}
          onClick={() => act(order, action)}
        >
          {texts.actions[action]}
        </Button>
      ))}
      {url === null ? null : (
        <Button variant="subtle" component="a" href={url} target="_blank" rel="noreferrer">
          {texts.actions.openInBackend}
        </Button>
      )}
    </div>
  )
}
