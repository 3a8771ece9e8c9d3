import { type RefObject, useLayoutEffect, useState } from 'react'

/** What the column that takes the rest needs at least, in pixels. */
const least = 200

/** Whether the columns of a table need more room than there is around it. */
export function useWide(around: RefObject<HTMLElement | null>, columns: readonly string[]): boolean {
  const [isWide, setWide] = useState(false)
  useLayoutEffect(() => {
    const element = around.current
    if (element === null) return undefined
    const measure = () => {
      const widths = columns.map((column) => {
        const head = element.querySelector<HTMLElement>(`th[data-column="${column}"]`)
        return head === null || head.dataset.rest === 'true' ? 0 : head.offsetWidth
      })
      setWide(widths.reduce((sum, width) => sum + width, least) > element.clientWidth)
    }
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(element)
    return () => watch.disconnect()
  }, [around, columns])
  return isWide
}
