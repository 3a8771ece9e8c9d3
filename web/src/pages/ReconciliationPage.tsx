import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useReconcile } from '../api/actions.ts'
import { ApiError, reasonOf } from '../api/client.ts'
import { reconciliationQuery, reconciliationsQuery, routesQuery } from '../api/queries.ts'
import type { Reconciliation, ReconciliationSummary } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { DaysTable } from '../reconciliation/DaysTable.tsx'
import { Differences } from '../reconciliation/Differences.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './ReconciliationPage.module.css'

const words = texts.reconciliation

/** Shop, Waybill and backend compared: the newest result of a shop or a certain one, and the button that compares now. */
export function ReconciliationPage() {
  useTitle(words.title)
  const search = useSearch({ from: '/reconciliation' })
  const routes = useQuery(routesQuery)
  const shops = [...new Set(routes.data?.items.map(({ from }) => from))]
  const shop = search.shop ?? shops[0]
  const runs = useQuery({ ...reconciliationsQuery(shop), enabled: shop !== undefined })
  const shown = search.run ?? runs.data?.items[0]?.id
  return (
    <>
      <header className={classes.head}>
        <div>
          <h1>{words.title}</h1>
          <p className="quiet">{words.hint}</p>
        </div>
        {shop === undefined ? null : <Start shop={shop} shops={shops} />}
      </header>
      {routes.data !== undefined && shop === undefined ? (
        <Notice title={words.noShop.title} text={words.noShop.text} />
      ) : null}
      {runs.error === null ? null : <PageError error={runs.error} reset={() => void runs.refetch()} />}
      {shown === undefined ? (
        runs.data === undefined ? (
          <div className={classes.pending} aria-busy={routes.isPending || runs.isFetching} />
        ) : (
          <Notice title={words.never.title} text={words.never.text} />
        )
      ) : (
        <Run key={shown} id={shown} />
      )}
      <Earlier runs={runs.data?.items.filter(({ id }) => id !== shown) ?? []} />
    </>
  )
}

function Start({ shop, shops }: { shop: string; shops: string[] }) {
  const [since, setSince] = useState('7d')
  const navigate = useNavigate()
  const reconcile = useReconcile()
  const start = () =>
    reconcile.mutate(
      { connection: shop, since },
      { onSuccess: () => void navigate({ to: '/reconciliation', search: { shop } }) },
    )
  return (
    <div className={classes.tools}>
      {shops.length < 2 ? null : (
        <Select
          aria-label={words.shop}
          data={shops}
          value={shop}
          allowDeselect={false}
          onChange={(next) =>
            next !== null && void navigate({ to: '/reconciliation', search: { shop: next } })
          }
        />
      )}
      <Select
        aria-label={words.since}
        className={classes.since}
        data={Object.entries(words.spans).map(([value, label]) => ({ value, label }))}
        value={since}
        allowDeselect={false}
        onChange={(next) => next !== null && setSince(next)}
      />
      <Button variant="filled" loading={reconcile.isPending} onClick={start}>
        {words.start}
      </Button>
      {reconcile.isError ? (
        <p role="alert" className={classes.failed}>
          {reasonOf(reconcile.error)}
        </p>
      ) : null}
    </div>
  )
}

function Run({ id }: { id: string }) {
  const { data: run, error, refetch } = useQuery(reconciliationQuery(id))
  if (run === undefined) {
    if (error === null) return <div className={classes.pending} aria-busy="true" />
    if (!(error instanceof ApiError) || error.status !== 404)
      return <PageError error={error} reset={() => void refetch()} />
    return (
      <Notice title={words.notFound.title} text={words.notFound.text}>
        <LinkButton to="/reconciliation">{words.notFound.action}</LinkButton>
      </Notice>
    )
  }
  return (
    <div className={classes.run}>
      <Result run={run} />
      {run.state === 'done' ? (
        <>
          <Panel title={words.days} hint={run.timeZone}>
            <DaysTable run={run} />
          </Panel>
          <Differences id={run.id} />
        </>
      ) : null}
    </div>
  )
}

/** In one line: whether all agrees, or how far it has come and what it waits for. */
function Result({ run }: { run: Reconciliation }) {
  const { state, totals, step, compared, waiting, connection, finishedAt, createdAt } = run
  const tone = state === 'running' ? 'moving' : state === 'done' && totals.unexplained === 0 ? 'good' : 'bad'
  return (
    <section className={classes.result} data-tone={tone} role="status">
      <p>
        <strong>{headline(run)}</strong>{' '}
        <span className={classes.when}>
          {connection}, <Time at={finishedAt ?? createdAt} />, {byWhom(run)}
        </span>
      </p>
      {state === 'running' ? (
        <p>
          {words.soFar(step, compared)}. {waiting === null ? words.keep : words.waiting(waiting)}
        </p>
      ) : null}
      {state === 'given_up' ? <p>{waiting}</p> : null}
    </section>
  )
}

function headline({ state, totals }: ReconciliationSummary): string {
  if (state === 'running') return words.running
  if (state === 'given_up') return words.givenUp
  return totals.unexplained === 0 ? words.agrees : words.differs(totals.unexplained)
}

const byWhom = ({ actor }: ReconciliationSummary): string =>
  actor === 'waybill' ? words.daily : words.byPerson

function Earlier({ runs }: { runs: ReconciliationSummary[] }) {
  if (runs.length === 0) return null
  return (
    <Panel title={words.earlier}>
      <ul className={classes.earlier}>
        {runs.map((run) => (
          <li key={run.id}>
            <Link to="/reconciliation" search={{ shop: run.connection, run: run.id }}>
              <Time at={run.finishedAt ?? run.createdAt} />
            </Link>
            <span data-bad={run.totals.unexplained > 0 || undefined}>{headline(run)}</span>
            <span className="quiet">{byWhom(run)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
