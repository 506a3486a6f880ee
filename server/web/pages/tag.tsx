// The tweets with a hashtag, newest first; new ones wait behind their button.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { TweetId } from '../../../protocol/ids.ts'
import { compose } from '../parts/compose-state.ts'
import { TweetFeed } from '../parts/feed-list.tsx'
import { Icon } from '../parts/icons.tsx'
import { NewTweets } from '../parts/new-tweets.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets } from '../parts/read.ts'
import { useCell, useClient } from '../parts/use-client.ts'
import { Feed } from '../store/feed.ts'

export function TagPage({ tag }: { readonly tag: string }): JSX.Element {
  const client = useClient()
  const [holes, setHoles] = useState(0)
  useTitle(`#${tag}`)
  useEffect(() => {
    if (client.viewerId === undefined) return undefined
    return client.tagWatch.watch(tag, () => setHoles((count) => count + 1))
  }, [client, tag])
  return (
    <>
      <PageHead title={`#${tag}`} hasBack>
        {client.viewerId === undefined ? null : (
          <button
            type="button"
            class="button page-deed"
            onClick={() => compose({ kind: 'new', text: `#${tag} ` })}
          >
            <Icon name="feather" />
            Write
          </button>
        )}
      </PageHead>
      <Tweets key={holes} tag={tag} />
    </>
  )
}

function Tweets({ tag }: { readonly tag: string }): JSX.Element {
  const client = useClient()
  const waiting = useCell(client.tagWatch.waiting)
  // Read anew on each visit: whoever looks a tag up wants to know what is said now.
  const [feed] = useState(
    () =>
      new Feed<TweetId>((before) =>
        readTweets(client, client.call('timeline.tag', { tag, ...pageOf(before) })),
      ),
  )
  const { ids } = useCell(feed.state)
  const fresh = waiting.filter((id) => !ids.includes(id))
  return (
    <>
      <NewTweets
        count={fresh.length}
        onShow={() => {
          for (const id of client.tagWatch.take().toReversed()) feed.add(id)
        }}
      />
      <TweetFeed
        feed={feed}
        label={`Tweets with #${tag}`}
        empty="Nobody has written with this tag yet."
      />
    </>
  )
}
