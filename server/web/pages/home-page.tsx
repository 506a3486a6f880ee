// The home timeline.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { TweetFeed, TweetList } from '../parts/feed-list.tsx'
import { ListEnd } from '../parts/list-end.tsx'
import { NewTweets } from '../parts/new-tweets.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets } from '../parts/read.ts'
import { useCell, useClient } from '../parts/use-client.ts'
import { chooseHomeOrder, homeOrder } from '../preferences.ts'

export function HomePage(): JSX.Element {
  const order = useCell(homeOrder)
  return order === 'top' ? <TopTweets /> : <LatestTweets />
}

function HomeHead(): JSX.Element {
  const order = useCell(homeOrder)
  return (
    <PageHead title="Home">
      <fieldset class="segments page-deed">
        <legend class="for-ears">Order</legend>
        {(['latest', 'top'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="order"
              checked={one === order}
              onChange={() => chooseHomeOrder(one)}
            />
            <span>{one === 'latest' ? 'Latest' : 'Best'}</span>
          </label>
        ))}
      </fieldset>
    </PageHead>
  )
}

/** What matters most to the reader first, of what was there when the page was opened. */
function TopTweets(): JSX.Element {
  const client = useClient()
  useTitle('Home')
  const [feed] = useState(() =>
    client.bestOfHome(async (before) => {
      const page = await client.call('timeline.home', { order: 'top', ...pageOf(before) })
      client.promotions.learn(page)
      return readTweets(client, Promise.resolve(page))
    }),
  )
  return (
    <>
      <HomeHead />
      <TweetFeed
        feed={feed}
        label="Home timeline, the best first"
        empty="Your timeline fills with the tweets of people you follow."
        promotions={client.promotions}
      />
    </>
  )
}

function LatestTweets(): JSX.Element {
  const { home, promotions } = useClient()
  const state = useCell(home.state)
  const { status, shown, waiting, isLoadingOlder, olderCursor, error } = state
  const count = waiting.length
  useTitle(count === 0 ? 'Home' : `Home, ${count} new`)
  const isLoading = status === 'loading' || isLoadingOlder
  return (
    <>
      <HomeHead />
      <NewTweets count={count} onShow={() => home.showWaiting()} />
      <TweetList ids={shown} label="Home timeline" isBusy={isLoading} promotions={promotions} />
      {status === 'ready' && shown.length === 0 && count === 0 ? <EmptyHome /> : null}
      <ListEnd
        isLoading={isLoading}
        hasMore={olderCursor !== undefined || status === 'failed'}
        error={error}
        onMore={() => void (status === 'failed' ? home.connected() : home.loadOlder())}
      />
    </>
  )
}

function EmptyHome(): JSX.Element {
  return (
    <div class="empty">
      <h2>It is quiet here</h2>
      <p>Your timeline fills with the tweets of people you follow, and with your own.</p>
      <a class="button" href="/search">
        Look around
      </a>
    </div>
  )
}
