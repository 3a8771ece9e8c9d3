import { Button } from '@mantine/core'
import { useEffect, useEffectEvent, useRef } from 'react'
import { texts } from '../texts.ts'
import classes from './LoadMore.module.css'

interface Props {
  shown: number
  more: boolean
  loading: boolean
  onMore: () => void
}

/** The foot of the list: asks for the next page when it comes into view, and by a button. */
export function LoadMore({ shown, more, loading, onMore }: Props) {
  const foot = useRef<HTMLDivElement>(null)
  const ask = useEffectEvent(onMore)

  useEffect(() => {
    if (!more || loading || foot.current === null) return undefined
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && ask(), {
      rootMargin: '400px',
    })
    watch.observe(foot.current)
    return () => watch.disconnect()
  }, [more, loading])

  return (
    <div ref={foot} className={classes.foot}>
      <span className="num">{texts.orders.shown(shown)}</span>
      {more ? (
        <Button loading={loading} onClick={onMore}>
          {texts.orders.more}
        </Button>
      ) : null}
      <span className={classes.keys} aria-hidden="true">
        {(['search', 'move', 'open', 'post'] as const).map((name) => (
          <span key={name}>
            <kbd className="key">{texts.orders.keys[name][0]}</kbd> {texts.orders.keys[name][1]}
          </span>
        ))}
      </span>
    </div>
  )
}
