import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { reasonOf } from '../api/client.ts'
import { historyQuery } from '../api/queries.ts'
import type { ConfigurationChange } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { routeTexts } from '../texts-route.ts'
import classes from './History.module.css'

const words = routeTexts.history

/** Who changed which setting of the route, from what to what, the newest first. */
export function History({ route }: { route: string }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    historyQuery(route),
  )
  const changes = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Panel title={words.title}>
      {error === null ? null : <p className="quiet">{reasonOf(error)}</p>}
      {data !== undefined && changes.length === 0 ? <p className="quiet">{words.none}</p> : null}
      <ol className={classes.changes}>
        {changes.map((change) => (
          <Change key={change.id} change={change} />
        ))}
      </ol>
      {hasNextPage ? (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.older}
        </Button>
      ) : null}
    </Panel>
  )
}

function Change({ change: { at, actor, way, action, fields } }: { change: ConfigurationChange }) {
  return (
    <li>
      <p className={classes.who}>
        <Time at={at} /> · {words.who(actor, action, way)}
      </p>
      {action === 'changed' ? <FieldChanges fields={fields} /> : null}
    </li>
  )
}

/** Each setting with what it was and what it is now. */
export function FieldChanges({ fields }: Pick<ConfigurationChange, 'fields'>) {
  return (
    <dl className={classes.fields}>
      {fields.map(({ field, from, to }) => (
        <div key={field}>
          <dt>{words.field(field)}</dt>
          <dd>
            <del>{words.value(from)}</del> → <ins>{words.value(to)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
