import { Link, useSearch } from '@tanstack/react-router'
import { kinds } from '../setup/guides.ts'
import classes from '../setup/Setup.module.css'
import { SetupForm } from '../setup/SetupForm.tsx'
import { setupTexts as words } from '../texts-setup.ts'
import { useTitle } from '../title.ts'

/** Which kind of connection is added, then its steps. */
export function NewConnectionPage() {
  const { kind } = useSearch({ from: '/connections/new' })
  const title = kind === undefined ? words.title : words.kinds[kind].title
  useTitle(title)
  return (
    <>
      <header className={classes.head}>
        <h1>{title}</h1>
        <p>{kind === undefined ? words.choose : words.kinds[kind].text}</p>
      </header>
      {kind === undefined ? (
        <ul className={classes.choices}>
          {kinds.map((one) => (
            <li key={one}>
              <Link to="/connections/new" search={{ kind: one }} className={classes.choice}>
                <strong>{words.kinds[one].label}</strong>
                <span>{words.kinds[one].text}</span>
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <SetupForm key={kind} kind={kind} editing={null} />
      )}
    </>
  )
}
