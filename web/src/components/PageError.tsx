import { Button } from '@mantine/core'
import { ApiError, reasonOf } from '../api/client.ts'
import { texts } from '../texts.ts'
import { Notice } from './Notice.tsx'

/** What a failed question says of itself, and a button to ask again. */
export function PageError({ error, reset }: { error: unknown; reset?: () => void }) {
  const title = error instanceof ApiError ? error.title : texts.errors.title
  const text = reasonOf(error)
  return (
    <Notice tone="bad" title={title} text={text}>
      {reset === undefined ? null : <Button onClick={reset}>{texts.errors.retry}</Button>}
    </Notice>
  )
}
