// What stands beside the page in a wide window: the search, what people write about, whom one may follow.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { here } from '../navigation.ts'
import type { Route } from '../routes.ts'
import { searchPath, tagPath } from '../routes.ts'
import { asideFromPx, suggestionsShown, trendsShown } from '../wire/limits.ts'
import { AuthorLine } from './author-line.tsx'
import { Avatar } from './avatar.tsx'
import { FollowButton } from './follow-button.tsx'
import { SearchBox } from './search-box.tsx'
import { useCell, useClient, useUser } from './use-client.ts'

const isWide = matchMedia(`(min-width: ${asideFromPx}px)`)

export function Aside({ route }: { readonly route: Route | undefined }): JSX.Element | null {
  const [isShown, setShown] = useState(isWide.matches)
  useEffect(() => {
    const onChange = (): void => setShown(isWide.matches)
    isWide.addEventListener('change', onChange)
    return () => isWide.removeEventListener('change', onChange)
  }, [])
  const address = useCell(here)
  const isSearching = route?.page === 'search'
  // The page of the search shows the same itself, until something is searched for.
  if (!isShown || (isSearching && !address.includes('q='))) return null
  return (
    <aside class="aside" aria-label="Discover">
      {isSearching ? null : <SearchBox value="" />}
      <Trends />
      <WhoToFollow />
      <footer class="small-print">
        <a href="/openapi.json" data-leaves>
          API
        </a>
        <span>Rookery, a colony of short messages</span>
      </footer>
    </aside>
  )
}

export function Trends(): JSX.Element | null {
  const { discoveries } = useClient()
  const trends = useCell(discoveries.trends)
  useEffect(() => discoveries.refresh(), [discoveries])
  if (trends.length === 0) return null
  return (
    <section class="card" aria-labelledby="trends-title">
      <h2 id="trends-title">Talked about</h2>
      <ol class="trends">
        {trends.slice(0, trendsShown).map(({ name, kind, authors }) => (
          <li key={name}>
            <a
              href={
                kind === 'hashtag'
                  ? tagPath(name.replace(/^#/, ''))
                  : searchPath({ query: name.includes(' ') ? `"${name}"` : name, kind: 'latest' })
              }
            >
              <bdi class="trend-name">{name}</bdi>
              <span class="trend-count">{authors === 1 ? '1 person' : `${authors} people`}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  )
}

export function WhoToFollow(): JSX.Element | null {
  const { discoveries } = useClient()
  const ids = useCell(discoveries.suggestions)
  useEffect(() => discoveries.refresh(), [discoveries])
  if (ids.length === 0) return null
  return (
    <section class="card" aria-labelledby="who-title">
      <h2 id="who-title">Who to follow</h2>
      <ul>
        {ids.slice(0, suggestionsShown).map((id) => (
          <Somebody key={id} id={id} />
        ))}
      </ul>
    </section>
  )
}

function Somebody({ id }: { readonly id: UserId }): JSX.Element | null {
  const user = useUser(id)
  if (user === undefined) return null
  return (
    <li class="somebody">
      <Avatar user={user} size="medium" />
      <AuthorLine author={user} />
      <FollowButton user={user} />
    </li>
  )
}
