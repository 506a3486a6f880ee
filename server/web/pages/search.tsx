// What was searched for: tweets, the newest or the best first, or people. Without a question, what to ask for.

import type { JSX } from 'preact'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { Trends, WhoToFollow } from '../parts/aside.tsx'
import { TweetFeed, UserFeed } from '../parts/feed-list.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets, readUsers } from '../parts/read.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { useClient } from '../parts/use-client.ts'
import { useFeed } from '../parts/use-feed.ts'
import type { Search, SearchKind } from '../routes.ts'
import { searchKinds, searchPath } from '../routes.ts'
import { pageLimit } from '../wire/limits.ts'

const kindWords = { latest: 'Latest', top: 'Best', people: 'People' } as const

export function SearchPage(search: Search): JSX.Element {
  const { query, kind } = search
  useTitle(query === '' ? 'Search' : `${query} · Search`)
  return (
    <>
      <PageHead title="Search" />
      <div class="search-place">
        <SearchBox value={query} />
      </div>
      {query === '' ? <Ideas /> : <Results query={query} kind={kind} />}
    </>
  )
}

function Ideas(): JSX.Element {
  return (
    <div class="ideas">
      <Trends />
      <WhoToFollow />
      <section class="card">
        <h2>Finer questions</h2>
        <dl class="finer">
          <Finer asks='"long way home"' finds="these words in a row" />
          <Finer asks="#rooks -crows" finds="with this tag, without that word" />
          <Finer asks="from:handle has:media" finds="photos and videos of somebody" />
          <Finer asks="since:2026-03-01 until:2026-04-01" finds="of these days" />
        </dl>
      </section>
    </div>
  )
}

function Finer(props: { readonly asks: string; readonly finds: string }): JSX.Element {
  return (
    <div>
      <dt>
        <code>{props.asks}</code>
      </dt>
      <dd>{props.finds}</dd>
    </div>
  )
}

function Results({ query, kind }: Search): JSX.Element {
  return (
    <>
      <nav class="tabs" aria-label="Results">
        {searchKinds.map((one) => (
          <a
            key={one}
            href={searchPath({ query, kind: one })}
            aria-current={one === kind ? 'page' : undefined}
          >
            {kindWords[one]}
          </a>
        ))}
      </nav>
      {kind === 'people' ? <People query={query} /> : <Tweets query={query} order={kind} />}
    </>
  )
}

function Tweets(props: {
  readonly query: string
  readonly order: Exclude<SearchKind, 'people'>
}): JSX.Element {
  const { query, order } = props
  const client = useClient()
  const feed = useFeed<TweetId>(`search ${order} ${query}`, (before) =>
    readTweets(client, client.call('search.tweets', { query, order, ...pageOf(before) })),
  )
  return <TweetFeed feed={feed} label="Results" empty="Nobody has written this." />
}

function People({ query }: { readonly query: string }): JSX.Element {
  const client = useClient()
  const feed = useFeed<UserId>(`people ${query}`, () =>
    readUsers(client, client.call('search.users', { query, limit: pageLimit })),
  )
  return <UserFeed feed={feed} label="People" empty="Nobody is called so." />
}
