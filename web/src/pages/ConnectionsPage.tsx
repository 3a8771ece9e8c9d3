import { useQuery } from '@tanstack/react-query'
import { connectionsQuery, routesQuery } from '../api/queries.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { ConnectionCard } from '../connections/ConnectionCard.tsx'
import { ImportBox } from '../connections/ImportBox.tsx'
import { Patterns } from '../overview/Patterns.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './ConnectionsPage.module.css'

const words = texts.connections

/** How each account is, in words, and the box to import by number. */
export function ConnectionsPage() {
  useTitle(words.title)
  const { data, error, refetch } = useQuery({ ...connectionsQuery, refetchInterval: 15_000 })
  const routes = useQuery(routesQuery)
  const shops = data?.items.filter(({ role }) => role === 'channel').map(({ name }) => name) ?? []
  return (
    <>
      <div className={classes.title}>
        <h1>{words.title}</h1>
        <LinkButton to="/connections/new" variant="filled">
          {words.add}
        </LinkButton>
      </div>
      {data === undefined ? (
        error === null ? null : (
          <PageError error={error} reset={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <Notice title={words.empty.title} text={words.empty.text}>
          <code className="mono">{words.empty.command}</code>
        </Notice>
      ) : (
        <div className={classes.columns}>
          <div className={classes.cards}>
            <Patterns />
            {data.items.map((connection) => (
              <ConnectionCard
                key={connection.name}
                connection={connection}
                routes={
                  routes.data?.items.filter(
                    ({ from, to }) => from === connection.name || to === connection.name,
                  ) ?? null
                }
              />
            ))}
          </div>
          {shops.length === 0 ? null : <ImportBox shops={shops} />}
        </div>
      )}
    </>
  )
}
