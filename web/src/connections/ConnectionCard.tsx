import { Button } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useCheckConnection, useCloseGap, useConfirmAddress, usePause } from '../api/actions.ts'
import { reasonOf } from '../api/client.ts'
import { connectionSupportFile } from '../api/queries.ts'
import type { Connection, Route } from '../api/types.ts'
import { Coverage } from '../reconciliation/Coverage.tsx'
import { LinkButton } from '../components/LinkButton.tsx'
import { SupportFile } from '../components/SupportFile.tsx'
import { Checks } from '../components/WhyDrawer.tsx'
import { Time } from '../components/Time.tsx'
import { formatCalendarDay, formatCount, formatSpan } from '../format.ts'
import { texts } from '../texts.ts'
import { Calls } from './Calls.tsx'
import classes from './ConnectionCard.module.css'
import { Warnings } from './Warnings.tsx'

const words = texts.connections

interface Props {
  connection: Connection
  /** Null while they are being read. */
  routes: Route[] | null
}

/** One account: whether it is well, what is wrong and what to do, and when it could not be read. */
export function ConnectionCard({ connection, routes }: Props) {
  const { name, label, role, health, healthSince, summary, problem, pausedAt } = connection
  const check = useCheckConnection()
  const pausing = usePause()
  const card = useRef<HTMLElement>(null)
  const isMeant = useLocation({ select: ({ hash }) => hash === name })
  useEffect(() => {
    if (isMeant) card.current?.focus()
  }, [isMeant])
  return (
    <article
      ref={card}
      // Whoever has just saved it is led here.
      tabIndex={isMeant ? -1 : undefined}
      className={classes.card}
      aria-label={name}
      data-health={pausedAt === null ? health : 'paused'}
    >
      <header className={classes.head}>
        <div>
          <h2>{name}</h2>
          <p className="quiet">
            {label} · {words.role[role]}
          </p>
        </div>
        <div className={classes.buttons}>
          <LinkButton
            to="/connections/$name/edit"
            params={{ name }}
            variant="subtle"
            aria-label={words.editOf(name)}
          >
            {words.edit}
          </LinkButton>
          <Button
            variant={pausedAt === null ? 'subtle' : 'filled'}
            loading={pausing.isPending}
            onClick={() => pausing.mutate({ name, pause: pausedAt === null })}
          >
            {pausedAt === null ? words.pause : words.resume}
          </Button>
          <Button loading={check.isPending} onClick={() => check.mutate(name)}>
            {words.check}
          </Button>
        </div>
      </header>
      <p className={classes.health}>
        <span className={classes.dot} aria-hidden="true" />
        <span>
          <strong>{pausedAt === null ? words.health[health] : words.paused}</strong> {words.since}{' '}
          <Time at={pausedAt ?? healthSince} />
          <span className={classes.summary}>{summary}</span>
        </span>
      </p>
      {problem === null ? null : (
        <div className={classes.problem}>
          <p>{problem.cause}</p>
          <p>
            <strong>{texts.order.problem.fix}:</strong> {problem.fix}
          </p>
          {problem.vendorMessage === null ? null : <p className="mono">{problem.vendorMessage}</p>}
          {health === 'needs_reauthorisation' ? <GiveKeys name={name} /> : null}
        </div>
      )}
      <Warnings connection={connection} />
      {connection.movedTo === null ? null : <Moved name={name} address={connection.movedTo} />}
      {check.data === undefined ? null : (
        <section className={classes.result} aria-label={words.checkResult} role="status">
          <h3>{check.data.ok ? words.checkOk : words.checkBad}</h3>
          <Checks checks={check.data.checks} />
        </section>
      )}
      {check.isError ? (
        <p role="alert" className={classes.failed}>
          {reasonOf(check.error)}
        </p>
      ) : null}
      <Facts connection={connection} routes={routes} />
      <Calls name={name} />
      <Gaps connection={connection} />
      <SupportFile href={connectionSupportFile(name)} about={name} />
    </article>
  )
}

function GiveKeys({ name }: { name: string }) {
  return (
    <LinkButton
      to="/connections/$name/edit"
      params={{ name }}
      search={{ give: 'keys' }}
      variant="filled"
      aria-label={words.giveKeysOf(name)}
    >
      {words.giveKeys}
    </LinkButton>
  )
}

function Facts({ connection, routes }: Props) {
  const { identityName, lastSuccessAt, lastReadAt, nextAttemptAt, timeZone, webhooks, role, waitingOrders } =
    connection
  const facts: { term: string; value: ReactNode }[] = []
  const tell = (term: string, value: ReactNode) => facts.push({ term, value })
  tell(words.lastSuccess, lastSuccessAt === null ? texts.time.never : <Time at={lastSuccessAt} relative />)
  if (nextAttemptAt !== null) tell(words.nextAttempt, <Time at={nextAttemptAt} relative />)
  if (role === 'channel' && lastReadAt !== null) tell(words.lastRead, <Time at={lastReadAt} relative />)
  if (role === 'channel' && (routes ?? []).length > 0)
    tell(texts.reconciliation.card, <Coverage shop={connection.name} />)
  if (role === 'backend') tell(words.waiting, formatCount(waitingOrders))
  if (identityName !== null) tell(words.account, identityName)
  if (timeZone !== null) tell(words.zone, timeZone)
  if (connection.credentials !== null)
    tell(words.credentials, <Credentials name={connection.name} endAt={connection.credentials.endAt} />)
  if (webhooks.state !== 'unsupported') tell(words.webhooks, webhooks.detail)
  if (webhooks.refused !== null)
    tell(words.refused, words.refusedDetail(webhooks.refused.count, webhooks.refused.why))
  if (routes?.length === 0) tell(words.routes, words.noRoute)
  for (const route of routes ?? [])
    tell(
      words.route(route.name),
      <>
        {role === 'channel'
          ? words.imports(route.statuses.join(', '), route.since.slice(0, 10), formatSpan(route.everyMs))
          : words.posts(route.from, route.postAutomatic)}{' '}
        <Link to="/routes/$name" params={{ name: route.name }} aria-label={words.editRoute(route.name)}>
          {words.edit}
        </Link>
      </>,
    )
  return (
    <dl className={classes.facts}>
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Credentials({ name, endAt }: { name: string; endAt: string | null }) {
  if (endAt !== null) return words.validUntil(formatCalendarDay(endAt))
  return (
    <>
      {words.validUnknown}{' '}
      <Link to="/connections/$name/edit" params={{ name }} aria-label={words.giveEndOf(name)}>
        {words.giveEnd}
      </Link>
    </>
  )
}

/** The shop has moved: where to, what happens meanwhile, and the button that confirms it. */
function Moved({ name, address }: { name: string; address: string }) {
  const confirm = useConfirmAddress()
  return (
    <section className={classes.moved} aria-label={words.moved.title}>
      <p>
        <strong>{words.moved.title}</strong> <span className="mono">{address}</span>
      </p>
      <p>{words.moved.text}</p>
      <Button variant="filled" loading={confirm.isPending} onClick={() => confirm.mutate({ name, address })}>
        {words.moved.confirm}
      </Button>
      {confirm.isError ? (
        <p role="alert" className={classes.failed}>
          {reasonOf(confirm.error)}
        </p>
      ) : null}
    </section>
  )
}

function Gaps({ connection: { name, gaps, closedGaps } }: { connection: Connection }) {
  const close = useCloseGap()
  if (gaps.length + closedGaps.length === 0) return null
  return (
    <section className={classes.gaps} aria-label={words.gaps.title}>
      <h3>{words.gaps.title}</h3>
      <ul>
        {[...gaps, ...closedGaps].map(({ id, summary, closedAt, outOfReach }) => (
          <li key={id} data-state={closedAt === null ? 'open' : 'closed'}>
            {summary}
            {outOfReach === null || closedAt !== null ? null : (
              <>
                <span className="quiet"> {outOfReach.fix}</span>{' '}
                <Button
                  size="compact-sm"
                  loading={close.isPending}
                  onClick={() => close.mutate({ name, gap: id })}
                >
                  {words.gaps.close}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
