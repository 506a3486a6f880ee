// The page for the address, within the shell; and what happens between two pages.

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { arrive, here } from './navigation.ts'
import { BookmarksPage } from './pages/bookmarks.tsx'
import { HomePage } from './pages/home-page.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ProfilePage } from './pages/profile.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { LogInPage, SignUpPage } from './pages/sign-in.tsx'
import { TweetPage } from './pages/tweet-page.tsx'
import { WelcomePage } from './pages/welcome.tsx'
import { listenToKeys } from './parts/keys.ts'
import { Shell } from './parts/shell.tsx'
import { useCell, useClient } from './parts/use-client.ts'
import type { Route } from './routes.ts'
import { routeOf } from './routes.ts'

export function App(): JSX.Element {
  const client = useClient()
  const path = useCell(here)
  useArrival(path)
  const canWrite = client.viewerId !== undefined
  useEffect(() => listenToKeys({ canWrite }), [canWrite])
  return (
    <Shell>
      <Page key={path} route={routeOf(path)} isStranger={!canWrite} />
    </Shell>
  )
}

function Page(props: {
  readonly route: Route | undefined
  readonly isStranger: boolean
}): JSX.Element {
  const { route, isStranger } = props
  if (route === undefined) return <NotFoundPage />
  switch (route.page) {
    case 'login':
      return <LogInPage />
    case 'signup':
      return <SignUpPage />
    case 'profile':
      return <ProfilePage handle={route.handle} tab={route.tab} />
    case 'tweet':
      return <TweetPage tweetId={route.tweetId} />
    case 'start':
      return isStranger ? <WelcomePage /> : <HomePage />
    case 'bookmarks':
      return isStranger ? <LogInPage /> : <BookmarksPage />
    case 'settings':
      return isStranger ? <LogInPage /> : <SettingsPage />
  }
}

/** A new page starts at its top with the focus on its name, so that it is read out; an old one where it was left. */
function useArrival(path: string): void {
  const isFirst = useRef(true)
  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    arrive()
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [path])
}
