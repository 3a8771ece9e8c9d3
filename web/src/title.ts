import { useEffect } from 'react'
import { texts } from './texts.ts'

/** Names the tab after what it shows. */
export function useTitle(page: string): void {
  useEffect(() => {
    document.title = texts.title(page)
  }, [page])
}
