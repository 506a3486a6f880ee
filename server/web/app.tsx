// The page for the address, within the shell; and what happens between two pages.

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { arrive, here } from './navigation.ts'
import { HomePage } from './pages/home-page.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ProfilePage } from './pages/profile.tsx'
import { LogInPage, SignUpPage } from './pages/sign-in.tsx'
import { TweetPage } from './pages/tweet-page.tsx'
import { WelcomePage } from './pages/welcome.tsx'
import { listenToKeys } from './parts/keys.ts'
import { lazy } from './parts/lazy.tsx'
import { Shell } from './parts/shell.tsx'
import { useCell, useClient } from './parts/use-client.ts'
import type { Route } from './routes.ts'
import { routeOf, searchOf } from './routes.ts'

const BookmarksPage = lazy(async () => (await import('./pages/bookmarks.tsx')).BookmarksPage)
const SearchPage = lazy(async () => (await import('./pages/search.tsx')).SearchPage)
const TagPage = lazy(async () => (await import('./pages/tag.tsx')).TagPage)
const NearPage = lazy(async () => (await import('./pages/near.tsx')).NearPage)
const ListsPage = lazy(async () => (await import('./pages/lists.tsx')).ListsPage)
const ListPage = lazy(async () => (await import('./pages/list-page.tsx')).ListPage)
const MomentsPage = lazy(async () => (await import('./pages/moments.tsx')).MomentsPage)
const MomentPage = lazy(async () => (await import('./pages/moment-page.tsx')).MomentPage)
const RequestsPage = lazy(async () => (await import('./pages/requests.tsx')).RequestsPage)
const SettingsPage = lazy(async () => (await import('./pages/settings.tsx')).SettingsPage)
const NotificationsPage = lazy(
  async () => (await import('./pages/notifications.tsx')).NotificationsPage,
)

export function App(): JSX.Element {
  const client = useClient()
  const address = useCell(here)
  useArrival(address)
  const canWrite = client.viewerId !== undefined
  useEffect(() => listenToKeys({ canWrite }), [canWrite])
  const [path = '', query = ''] = address.split('?')
  const route = routeOf(path)
  return (
    <Shell route={route}>
      <Page key={address} route={route} query={query} isStranger={!canWrite} />
    </Shell>
  )
}

type PageProps = {
  readonly route: Route | undefined
  /** What stands behind the `?` of the address. */
  readonly query: string
  readonly isStranger: boolean
}

function Page({ route, query, isStranger }: PageProps): JSX.Element | null {
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
    case 'tag':
      return <TagPage tag={route.tag} />
    case 'search':
      return <SearchPage {...searchOf(query)} />
    case 'near':
      return <NearPage />
    case 'list':
      return <ListPage listId={route.listId} tab={route.tab} />
    case 'moment':
      return <MomentPage momentId={route.momentId} />
    case 'start':
      return isStranger ? <WelcomePage /> : <HomePage />
    default:
      return isStranger ? <LogInPage /> : <OwnPage route={route} />
  }
}

/** Pages that only somebody has who is signed in. */
function OwnPage({ route }: { readonly route: Route }): JSX.Element | null {
  switch (route.page) {
    case 'bookmarks':
      return <BookmarksPage />
    case 'notifications':
      return <NotificationsPage />
    case 'lists':
      return <ListsPage />
    case 'moments':
      return <MomentsPage />
    case 'requests':
      return <RequestsPage />
    case 'settings':
      return <SettingsPage section={route.section} />
    default:
      return <NotFoundPage />
  }
}

/** A new page starts at its top with the focus on its name, so that it is read out; an old one where it was left. */
function useArrival(address: string): void {
  const isFirst = useRef(true)
  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    arrive()
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [address])
}
