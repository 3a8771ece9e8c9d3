import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useBulkAction, useSaveRoute, useTryRoute } from '../api/actions.ts'
import { ApiError } from '../api/client.ts'
import { problemsQuery, seenQuery } from '../api/queries.ts'
import type { Mistake, Route, RouteTrial } from '../api/types.ts'
import { notifyDone, notifyFailed } from '../notify.tsx'
import { routeTexts } from '../texts-route.ts'
import { History } from './History.tsx'
import { ImportRules } from './ImportRules.tsx'
import { CustomFields } from './CustomFields.tsx'
import { Defaults } from './Defaults.tsx'
import { Customers, Items } from './Items.tsx'
import type { MappingProps } from './MethodPanel.tsx'
import { Methods } from './Methods.tsx'
import { Posting } from './Posting.tsx'
import { RestOfMapping } from './RestOfMapping.tsx'
import classes from './RouteForm.module.css'
import { SavePanel } from './SavePanel.tsx'
import { isSame, requestOf, type Settings, settingsOf } from './settings.ts'

interface Props {
  /** As it was read when the form was opened; a later reading does not take away what a person has typed. */
  route: Route
  /** Begins anew with the route as it is stored now. */
  onAnew: (route?: Route) => void
}

const noMistakes: Mistake[] = []

/** All settings of a route, what they would do, and who changed them. */
export function RouteForm({ route, onAnew }: Props) {
  const { name } = route
  const [settings, setSettings] = useState<Settings>(() => settingsOf(route))
  const [postAgain, setPostAgain] = useState(true)
  const seen = useQuery(seenQuery(name)).data
  const problems = useQuery(problemsQuery).data?.items.filter(({ routes }) => routes.includes(name)) ?? []
  const trying = useTryRoute(name)
  const saving = useSaveRoute(name)
  const bulk = useBulkAction()

  const request = requestOf(route, settings)
  const isChanged = !isSame(request, requestOf(route, settingsOf(route)))
  const tried = trying.data ?? null
  const isOld = tried !== null && !isSame(tried.settings, request)
  const error = saving.error ?? trying.error
  const mistakes = error instanceof ApiError ? error.errors : noMistakes
  const change = (part: Partial<Settings>) => setSettings((now) => ({ ...now, ...part }))

  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isChanged && current.pathname !== next.pathname && !window.confirm(routeTexts.save.leave),
    enableBeforeUnload: () => isChanged,
  })
  const tryIt = () => {
    saving.reset()
    if (isChanged && !trying.isPending) trying.mutate(request)
  }
  const save = async () => {
    const saved = await saving.mutateAsync({ settings: request, read: route }).catch(() => null)
    if (saved === null) return
    const causes = tried !== null && !isOld && postAgain ? causesOf(tried.trial) : []
    try {
      let posted = 0
      for (const problem of causes) {
        const filter = { status: ['post_error' as const], problem, connection: route.from }
        posted += (await bulk.mutateAsync({ action: 'post', filter })).done
      }
      notifyDone(posted > 0 ? routeTexts.save.savedAndPosted(posted) : routeTexts.save.saved)
    } catch (failure) {
      notifyFailed(routeTexts.save.postFailed, failure)
    }
    onAnew(saved)
  }

  const mapping: MappingProps = {
    route: name,
    mapping: settings.mapping,
    before: route.mapping,
    seen,
    problems,
    mistakes,
    onChange: (next) => change({ mapping: next }),
  }
  return (
    // Enter tries; only the button saves.
    <form
      className={classes.columns}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        tryIt()
      }}
    >
      <div className={classes.main}>
        <ImportRules route={name} settings={settings} seen={seen} mistakes={mistakes} onChange={change} />
        <Posting settings={settings} mistakes={mistakes} onChange={change} />
        <Methods {...mapping} />
        <Items {...mapping} />
        <Customers {...mapping} />
        <Defaults {...mapping} />
        <CustomFields {...mapping} />
        <RestOfMapping mapping={settings.mapping} />
      </div>
      <div className={classes.side}>
        <SavePanel
          name={name}
          isChanged={isChanged}
          trial={tried?.trial ?? null}
          isOld={isOld}
          isTrying={trying.isPending}
          isSaving={saving.isPending || bulk.isPending}
          error={error}
          postAgain={postAgain}
          onPostAgain={setPostAgain}
          onSave={() => void save()}
          onDiscard={() => onAnew(route)}
          onReload={() => onAnew()}
        />
        <History route={name} />
      </div>
    </form>
  )
}

/** What stops the orders that would now post: whatever stops for it goes with them. */
const causesOf = (trial: RouteTrial): string[] => [
  ...new Set(
    trial.differing
      .filter(({ outcome, status }) => outcome === 'would_post' && status === 'post_error')
      .flatMap(({ problems }) => problems.map(({ fingerprint }) => fingerprint)),
  ),
]
