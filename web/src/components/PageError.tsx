import { Button } from '@mantine/core'
import { ApiError, reasonOf } from '../api/client.ts'
import { texts } from '../texts.ts'
import { Notice } from './Notice.tsx'

interface Props {
  error: unknown
  reset?: () => void
  /** Whether it stands for the whole page. */
  page?: boolean
}

/** What a failed question says of itself, and a button to ask again. */
export function PageError({ error, reset, page = false }: Props) {
  const title = error instanceof ApiError ? error.title : texts.errors.title
  const text = reasonOf(error)
  return (
    <Notice page={page} tone="bad" title={title} text={text}>
      {reset === undefined ? null : <Button onClick={reset}>{texts.errors.retry}</Button>}
    </Notice>
  )
}
