import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { routeQuery } from '../api/queries.ts'
import type { Route } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { RouteForm } from '../route/RouteForm.tsx'
import { routeTexts } from '../texts-route.ts'
import { useTitle } from '../title.ts'
import classes from './RoutePage.module.css'

/** The settings of one route. */
export function RoutePage() {
  const { name } = useParams({ from: '/routes/$name' })
  useTitle(routeTexts.title(name))
  const { data, error, refetch } = useQuery(routeQuery(name))
  if (data === undefined) {
    if (error === null) return <div className={classes.pending} aria-busy="true" />
    if (!(error instanceof ApiError) || error.status !== 404)
      return <PageError page error={error} reset={() => void refetch()} />
    const { title, text } = routeTexts.notFound
    return (
      <Notice page title={title} text={text}>
        <LinkButton to="/connections">{routeTexts.back}</LinkButton>
      </Notice>
    )
  }
  return <Opened key={name} route={data} />
}

/** The form keeps to the route as it was when it was opened, until it is begun anew. */
function Opened({ route }: { route: Route }) {
  const queries = useQueryClient()
  const heading = useRef<HTMLHeadingElement>(null)
  const [opened, setOpened] = useState({ route, turn: 0 })
  const anew = async (stored?: Route) => {
    const next = stored ?? (await queries.fetchQuery({ ...routeQuery(route.name), staleTime: 0 }))
    setOpened(({ turn }) => ({ route: next, turn: turn + 1 }))
    // The button that was pressed is gone with the old form.
    heading.current?.focus()
  }
  const { name, from, to } = opened.route
  return (
    <>
      <Link to="/connections" className={classes.back}>
        {routeTexts.back}
      </Link>
      <header className={classes.head}>
        <h1 ref={heading} tabIndex={-1}>
          {routeTexts.title(name)}
        </h1>
        <p className="quiet">{routeTexts.way(from, to)}</p>
      </header>
      <RouteForm key={opened.turn} route={opened.route} onAnew={(stored) => void anew(stored)} />
    </>
  )
}
