import { Button, Drawer, Loader } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { startImport, useFix } from '../api/actions.ts'
import { ApiError, reasonOf } from '../api/client.ts'
import { whyQuery } from '../api/queries.ts'
import type { Candidate, Order, Why } from '../api/types.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { useAct } from '../orders/useAct.ts'
import { isOrderAction } from '../problems/fixes.ts'
import { texts } from '../texts.ts'
import { Amount } from './Amount.tsx'
import { Icon } from './Icon.tsx'
import { LinkButton } from './LinkButton.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { Time } from './Time.tsx'
import classes from './WhyDrawer.module.css'

const words = texts.why

/** The answer to "why is this order not in NetSuite?", beside whatever page is open. The question is in the address. */
export function WhyDrawer() {
  const { why } = useSearch({ strict: false })
  const navigate = useNavigate()
  const close = () => void navigate({ to: '.', search: (before) => ({ ...before, why: undefined }) })
  return (
    <Drawer.Root opened={why !== undefined} onClose={close} size={500}>
      <Drawer.Overlay backgroundOpacity={0.3} />
      <Drawer.Content>
        {/* The library's own header would be a second banner of the page. */}
        <div className={classes.head}>
          <Drawer.Title className={classes.title}>{words.title}</Drawer.Title>
          <Drawer.CloseButton aria-label={texts.actions.close} />
        </div>
        <Drawer.Body className={classes.body}>
          {why === undefined ? null : <Answer query={why} />}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

/** What Waybill knows at once, and then what shop and backend say themselves. */
function Answer({ query }: { query: string }) {
  const known = useQuery(whyQuery(query, false))
  const live = useQuery(whyQuery(query, true))
  const data = live.data ?? known.data
  const error = known.error ?? live.error
  if (data !== undefined) return <Verdict why={data} isAsking={live.isFetching} />
  if (error === null)
    return (
      <p className={classes.asking} role="status">
        <Loader /> {words.asking}
      </p>
    )
  if (error instanceof ApiError && error.candidates.length > 0)
    return <Choice candidates={error.candidates} />
  return (
    <p role="alert" className={classes.failed}>
      {reasonOf(error)}
    </p>
  )
}

function Verdict({ why, isAsking }: { why: Why; isAsking: boolean }) {
  const [order] = why.orders
  return (
    <div className={classes.answer} data-verdict={why.verdict}>
      <p className={classes.headline} role="status">
        {why.headline}
      </p>
      {isAsking ? (
        <p className={classes.asking}>
          <Loader size={14} /> {words.askingNow}
        </p>
      ) : null}
      {order === undefined ? null : <Found order={order} />}
      {why.fixes.length === 0 ? null : (
        <section>
          <h3>{words.fixes}</h3>
          <ul className={classes.fixes}>
            {why.fixes.map((fix, index) => (
              <li key={`${fix.action} ${fix.label}`}>
                <FixIt why={why} fix={fix} order={order} variant={index === 0 ? 'filled' : 'default'} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {why.checks.length === 0 ? null : (
        <section>
          <h3>{words.checks}</h3>
          <Checks checks={why.checks} />
        </section>
      )}
    </div>
  )
}

const outcomeIcons = { ok: 'check', fail: 'cross', skipped: 'minus' } as const

/** Steps that were looked at, and what each gave. */
export function Checks({ checks }: { checks: Why['checks'] }) {
  return (
    <ul className={classes.checks}>
      {checks.map(({ name, outcome, detail }) => (
        <li key={name} data-outcome={outcome}>
          <Icon name={outcomeIcons[outcome]} size={13} />
          <div>
            <strong>{name}</strong>
            <span className="visually-hidden"> ({words.outcome[outcome]})</span>
            <p>{detail}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}

function Found({ order }: { order: Order }) {
  return (
    <Link to="/orders/$id" params={{ id: order.id }} className={classes.found}>
      <span className={classes.row}>
        <strong className="num">{order.number}</strong>
        {order.total === null ? null : <Amount money={order.total} />}
      </span>
      <span className={classes.row}>
        <StatusBadge status={order.status} label={order.label} />
        <span className="quiet">
          <Time at={order.placedAt ?? order.firstSeenAt} />
        </span>
      </span>
    </Link>
  )
}

function Choice({ candidates }: { candidates: Candidate[] }) {
  return (
    <>
      <p className={classes.headline}>{words.candidates}</p>
      <ul className={classes.candidates}>
        {candidates.map(({ id, number, connection, label }) => (
          <li key={id}>
            <Link to="." search={(before) => ({ ...before, why: id })}>
              {number}
            </Link>{' '}
            {connection} <span className="quiet">{label}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

interface FixItProps {
  why: Why
  fix: Why['fixes'][number]
  order: Order | undefined
  variant: 'filled' | 'default'
}

/** The fix as a button where the page can do it, else in words with the command that does. */
function FixIt({ why, fix, order, variant }: FixItProps) {
  const { act, busyWith } = useAct()
  const refresh = useFix()
  const { action, label, command } = fix
  if (fix.import !== undefined)
    return (
      <ImportIt request={fix.import} variant={variant}>
        {label}
      </ImportIt>
    )
  if (
    order !== undefined &&
    action !== 'import' &&
    action !== 'resume' &&
    isOrderAction(action) &&
    order.actions.includes(action)
  )
    return (
      <Button variant={variant} loading={busyWith === order.id} onClick={() => act(order, action)}>
        {label}
      </Button>
    )
  if (order?.problem && action === 'refresh_items') {
    const { fingerprint } = order.problem
    return (
      <Button
        variant={variant}
        loading={refresh.isPending}
        onClick={() =>
          void sayHow(
            refresh.mutateAsync({ fingerprint, action }),
            ({ scheduled }) => notifyDone(texts.fix.posted(scheduled)),
            (error) => notifyFailed(texts.actions.failed(order.number), error),
          )
        }
      >
        {label}
      </Button>
    )
  }
  const page = pageOf(action, order)
  if (page !== null)
    return (
      <LinkButton variant={variant} {...page}>
        {label}
      </LinkButton>
    )
  const url =
    action === 'open_in_backend'
      ? order?.record?.url
      : action === 'open_in_channel'
        ? order?.channelUrl
        : null
  if (url)
    return (
      <Button variant={variant} component="a" href={url} target="_blank" rel="noreferrer">
        {label}
      </Button>
    )
  return (
    <p className={classes.advice}>
      {label}
      {command === null ? null : <code className="mono">{command.replaceAll('{query}', why.query)}</code>}
    </p>
  )
}

interface ImportItProps {
  request: NonNullable<Why['fixes'][number]['import']>
  variant: 'filled' | 'default'
  children: string
}

/** Imports an order that was asked about, and shows what becomes of it. */
function ImportIt({ request, variant, children }: ImportItProps) {
  const navigate = useNavigate()
  const start = useMutation({
    mutationFn: startImport,
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id }, search: {} }),
    onError: (error) => notifyFailed(words.importFailed, error),
  })
  return (
    <Button variant={variant} loading={start.isPending} onClick={() => start.mutate(request)}>
      {children}
    </Button>
  )
}

/** The page on which the fix is done, where it is one of ours. */
function pageOf(action: Why['fixes'][number]['action'], order: Order | undefined) {
  if (action.startsWith('map_') && order !== undefined)
    return { to: '/orders/$id', params: { id: order.id }, hash: 'problems' } as const
  if (
    action === 'edit_connection' ||
    action === 'check_connection' ||
    action === 'confirm_address' ||
    action === 'resume'
  )
    return { to: '/connections' } as const
  return null
}
