import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { ApiError } from '../api/client.ts'
import { connectionSettingsQuery } from '../api/queries.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { guides, isKind } from '../setup/guides.ts'
import classes from '../setup/Setup.module.css'
import { SetupForm } from '../setup/SetupForm.tsx'
import { setupTexts as words } from '../texts-setup.ts'
import { useTitle } from '../title.ts'

/** The settings of a connection that is there, without its secrets; new keys first where it came for those. */
export function EditConnectionPage() {
  const { name } = useParams({ from: '/connections/$name/edit' })
  const { give } = useSearch({ from: '/connections/$name/edit' })
  const giveKeys = give === 'keys'
  const title = giveKeys ? words.giveKeys(name) : words.edit(name)
  useTitle(title)
  const { data, error, refetch } = useQuery(connectionSettingsQuery(name))
  if (data === undefined) {
    if (error === null) return null
    if (!(error instanceof ApiError) || error.status !== 404)
      return <PageError page error={error} reset={() => void refetch()} />
    return (
      <Notice page title={words.unknown.title} text={words.unknown.text}>
        <LinkButton to="/connections">{words.unknown.action}</LinkButton>
      </Notice>
    )
  }
  const { kind, settings } = data
  if (!isKind(kind)) return <Notice page title={words.otherKind.title} text={words.otherKind.text} />
  const others = Object.keys(settings).filter(
    (key) => key !== 'credentials' && !guides[kind].fields.includes(key),
  )
  return (
    <>
      <header className={classes.head}>
        <h1>{title}</h1>
        <p>
          {giveKeys ? words.giveKeysHint : words.editHint}
          {others.length === 0 ? '' : ` ${words.otherSettings(others.join(', '))}`}
        </p>
      </header>
      <SetupForm key={name} kind={kind} editing={{ name, settings }} keysFirst={giveKeys} />
    </>
  )
}
