import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { reachability } from '../api/client.ts'
import { texts } from '../texts.ts'
import classes from './Banner.module.css'

/** Says that what is shown may be old: the server is away, or does not know this browser any more. */
export function Banner() {
  const reach = useSyncExternalStore(reachability.subscribe, reachability.get)
  const queries = useQueryClient()
  return (
    <div role="status">
      {reach === 'online' ? null : (
        <div className={classes.banner}>
          <p>
            <strong>{texts.banner[reach].title}</strong> {texts.banner[reach].text}{' '}
            {reach === 'signed_out' ? <code className="mono">{texts.banner.command}</code> : null}
          </p>
          <Button onClick={() => void queries.refetchQueries({ type: 'active' })}>
            {texts.banner.retry}
          </Button>
        </div>
      )}
    </div>
  )
}
