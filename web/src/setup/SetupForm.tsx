import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef } from 'react'
import { reasonOf } from '../api/client.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Checks } from '../components/WhyDrawer.tsx'
import { notifyDone } from '../notify.tsx'
import { setupTexts } from '../texts-setup.ts'
import { guides, type Kind } from './guides.ts'
import { netSuiteSteps, NetSuiteSteps } from './NetSuiteSteps.tsx'
import type { Settings } from './settings.ts'
import classes from './Setup.module.css'
import { Step } from './Step.tsx'
import { type Setup, useSetup } from './useSetup.ts'
import { wooCommerceSteps, WooCommerceSteps } from './WooCommerceSteps.tsx'

interface Props {
  kind: Kind
  editing: { name: string; settings: Settings } | null
  /** Whether one came to give new keys: their first field has the focus. */
  keysFirst?: boolean
}

/** The steps of a kind with their fields, and at the end the test and saving. */
export function SetupForm({ kind, editing, keysFirst = false }: Props) {
  const setup = useSetup(kind, editing)
  const form = useRef<HTMLFormElement>(null)
  const { errors } = setup
  useEffect(() => {
    if (Object.keys(errors).length > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])
  const first = guides[kind].credentials(setup.way)[0]!
  useEffect(() => {
    if (keysFirst) form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
  }, [keysFirst, first])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setup.test()
  }
  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      <ol className={classes.steps}>
        {kind === 'woocommerce' ? <WooCommerceSteps setup={setup} /> : <NetSuiteSteps setup={setup} />}
        <Finish setup={setup} n={(kind === 'woocommerce' ? wooCommerceSteps : netSuiteSteps) + 1} />
      </ol>
    </form>
  )
}

function Finish({ setup, n }: { setup: Setup; n: number }) {
  const words = setupTexts.finish
  const navigate = useNavigate()
  const { tried, fresh, mistakes, failure } = setup
  const works = fresh && tried?.ok === true
  const saved = (name: string) => {
    notifyDone(words.saved(name))
    void navigate({ to: '/connections', hash: name })
  }
  return (
    <Step n={n} title={words.title}>
      <p className="quiet">{words.hint}</p>
      <div role="status" className={classes.status}>
        {setup.testing ? <p>{words.testing}</p> : null}
        {tried === null || setup.testing ? null : (
          <section className={classes.result} aria-label={words.result} data-ok={tried.ok}>
            <h3>{tried.ok ? words.good(tried.account?.name ?? null) : words.bad}</h3>
            {fresh ? null : <p className={classes.stale}>{words.stale}</p>}
            <Checks checks={tried.checks} />
          </section>
        )}
      </div>
      {mistakes.length === 0 ? null : (
        <div role="alert" className={classes.failed}>
          <p>{words.mistakes}</p>
          <ul>
            {mistakes.map((mistake) => (
              <li key={mistake}>{mistake}</li>
            ))}
          </ul>
        </div>
      )}
      {failure === null ? null : (
        <p role="alert" className={classes.failed}>
          {reasonOf(failure)}
        </p>
      )}
      {works ? null : <p id="untested">{fresh && tried !== null ? words.failing : words.untested}</p>}
      {setup.editing === null ? null : <p className="quiet">{words.file}</p>}
      <div className={classes.buttons}>
        <Button type="submit" variant={works ? 'default' : 'filled'} loading={setup.testing}>
          {words.test}
        </Button>
        <Button
          variant={works ? 'filled' : 'default'}
          aria-describedby={works ? undefined : 'untested'}
          loading={setup.saving}
          disabled={setup.testing}
          onClick={() => setup.save(saved)}
        >
          {works ? words.save : fresh && tried !== null ? words.saveAnyway : words.saveUntested}
        </Button>
        <LinkButton to="/connections" variant="subtle">
          {words.cancel}
        </LinkButton>
      </div>
    </Step>
  )
}
