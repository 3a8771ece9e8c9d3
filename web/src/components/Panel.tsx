import type { ReactNode } from 'react'
import classes from './Panel.module.css'

interface Props {
  title: string
  hint?: string
  id?: string
  children: ReactNode
}

/** A part of a page with its heading. */
export function Panel({ title, hint, id, children }: Props) {
  return (
    <section className={classes.panel} id={id} aria-label={title}>
      <header className={classes.head}>
        <h2>{title}</h2>
        {hint === undefined ? null : <p className={classes.hint}>{hint}</p>}
      </header>
      {children}
    </section>
  )
}
