import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { problemsQuery, unseenQuery } from '../api/queries.ts'
import { useLiveChanges } from '../api/live.ts'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'
import { Banner } from './Banner.tsx'
import { ColorSchemeButton } from './ColorSchemeButton.tsx'
import classes from './Shell.module.css'
import { WhyBox } from './WhyBox.tsx'
import { WhyDrawer } from './WhyDrawer.tsx'
import { Wordmark } from './Wordmark.tsx'

/** What is around every page: the name, the way to the others, the Why box, and the banner when the server is away. */
export function Shell() {
  const live = useLiveChanges()
  const section = useLocation({ select: ({ pathname }) => pathname.split('/')[1] ?? '' })
  return (
    <>
      <a className="skip" href="#content">
        {texts.shell.skip}
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.home} aria-label={texts.shell.home}>
            <Wordmark />
          </Link>
          <nav className={classes.nav} aria-label={texts.shell.nav}>
            <Link to="/overview" className={classes.link}>
              {texts.shell.overview}
            </Link>
            <Link
              to="/"
              activeOptions={{ exact: true, includeSearch: false }}
              className={classes.link}
              data-within={section === 'orders' || undefined}
            >
              {texts.shell.orders}
            </Link>
            <Link to="/problems" className={classes.link}>
              {texts.shell.problems} <ProblemCount />
            </Link>
            <Link to="/notices" className={classes.link}>
              {texts.shell.notices} <UnseenCount />
            </Link>
            <Link
              to="/connections"
              className={classes.link}
              data-within={section === 'routes' || section === 'imports' || undefined}
            >
              {texts.shell.connections}
            </Link>
            <Link to="/reconciliation" className={classes.link}>
              {texts.shell.reconciliation}
            </Link>
          </nav>
          <WhyBox />
          <div className={classes.tools}>
            <span className={classes.live} data-state={live} title={texts.shell.live[live]}>
              <span className={classes.dot} aria-hidden="true" />
              <span className="visually-hidden">{texts.shell.live[live]}</span>
            </span>
            <ColorSchemeButton />
          </div>
        </div>
      </header>
      <Banner />
      <main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <WhyDrawer />
    </>
  )
}

function UnseenCount() {
  const { data = 0 } = useQuery(unseenQuery)
  if (data === 0) return null
  return (
    <span className={classes.count} aria-label={texts.shell.unseenCount(data)}>
      {formatCount(data)}
    </span>
  )
}

function ProblemCount() {
  const { data } = useQuery(problemsQuery)
  if (data === undefined || data.items.length === 0) return null
  return (
    <span className={classes.count} aria-label={texts.shell.problemCount(data.items.length)}>
      {formatCount(data.items.length)}
    </span>
  )
}
