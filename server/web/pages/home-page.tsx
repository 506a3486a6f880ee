// The home timeline.

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { ListEnd, TweetList } from '../parts/feed-list.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/shell.tsx'
import { useCell, useClient } from '../parts/use-client.ts'

export function HomePage(): JSX.Element {
  const { home } = useClient()
  const state = useCell(home.state)
  const { status, shown, waiting, isLoadingOlder, olderCursor, error } = state
  const count = waiting.length
  useTitle(count === 0 ? 'Home' : `(${count}) Home`)
  const isLoading = status === 'loading' || isLoadingOlder
  return (
    <>
      <PageHead title="Home" />
      <NewTweets count={count} onShow={() => home.showWaiting()} />
      <TweetList ids={shown} label="Home timeline" isBusy={isLoading} />
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

/** Tells how many tweets wait. They are shown when the reader says so: nothing moves before that. */
function NewTweets(props: { readonly count: number; readonly onShow: () => void }): JSX.Element {
  const { count, onShow } = props
  const mustRise = useRef(false)
  useLayoutEffect(() => {
    if (!mustRise.current) return
    mustRise.current = false
    scrollTo({ top: 0 })
    document.querySelector<HTMLElement>('article.tweet')?.focus({ preventScroll: true })
  }, [count])
  return (
    <div class="new-tweets-place" role="status">
      {count === 0 ? null : (
        <button
          type="button"
          class="new-tweets"
          onClick={() => {
            mustRise.current = true
            onShow()
          }}
        >
          <Icon name="up" />
          {count === 1 ? '1 new tweet' : `${count} new tweets`}
        </button>
      )}
    </div>
  )
}

function EmptyHome(): JSX.Element {
  return (
    <div class="empty">
      <h2>It is quiet here</h2>
      <p>Your timeline fills with the tweets of people you follow, and with your own.</p>
    </div>
  )
}
