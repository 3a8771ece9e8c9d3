import type { Connection } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { texts } from '../texts.ts'
import classes from './ConnectionCard.module.css'

const words = texts.connections

/** What stops nothing yet: what ends when, why that matters, and what to do before. */
export function Warnings({ connection: { name, warnings } }: { connection: Connection }) {
  return warnings.map(({ code, title, detail, cause, fix, fixes }) => (
    <section key={code} className={classes.moved} aria-label={title}>
      <p>
        <strong>{title}.</strong> {detail}.
      </p>
      <p>{cause}</p>
      <p>
        <strong>{texts.order.problem.fix}:</strong> {fix}
      </p>
      {fixes.some(({ action }) => action === 'edit_connection') ? (
        <LinkButton
          to="/connections/$name/edit"
          params={{ name }}
          search={{ give: 'keys' }}
          aria-label={words.giveKeysOf(name)}
        >
          {words.giveKeys}
        </LinkButton>
      ) : null}
    </section>
  ))
}
