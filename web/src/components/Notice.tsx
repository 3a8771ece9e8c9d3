import type { ReactNode } from 'react'
import classes from './Notice.module.css'

interface Props {
  title: string
  text: string
  children?: ReactNode
  tone?: 'empty' | 'bad'
  /** Whether it stands for the whole page. */
  page?: boolean
}

/** In place of content: why there is none, and what to do. */
export function Notice({ title, text, children, tone = 'empty', page = false }: Props) {
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <svg aria-hidden="true" width="44" height="44" viewBox="0 0 32 32" fill="none">
        <path
          d="M5 9.5 10.5 23 16 11.5 21.5 23 25.4 12.8"
          stroke="var(--line-strong)"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <circle cx="26.4" cy="9.6" r="2.4" fill={tone === 'bad' ? 'var(--bad)' : 'var(--line-strong)'} />
      </svg>
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p>{text}</p>
      {children === undefined ? null : <div className={classes.action}>{children}</div>}
    </div>
  )
}
