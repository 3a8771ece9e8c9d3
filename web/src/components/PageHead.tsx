import classes from './PageHead.module.css'

/** A page's heading, with what it is for. */
export function PageHead({ title, hint }: { title: string; hint: string }) {
  return (
    <header className={classes.head}>
      <h1>{title}</h1>
      <p>{hint}</p>
    </header>
  )
}
