// The tweets that the reader keeps for later. Nobody else sees them.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TweetId } from '../../../protocol/ids.ts'
import { TweetFeed } from '../parts/feed-list.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets } from '../parts/read.ts'
import { useClient } from '../parts/use-client.ts'
import { Feed } from '../store/feed.ts'

export function BookmarksPage(): JSX.Element {
  const client = useClient()
  useTitle('Bookmarks')
  // Read anew on each visit: a bookmark may have come or gone meanwhile.
  const [feed] = useState(
    () =>
      new Feed<TweetId>((before) =>
        readTweets(client, client.call('bookmarks.list', pageOf(before))),
      ),
  )
  return (
    <>
      <PageHead title="Bookmarks" under="Only you see these" />
      <TweetFeed
        feed={feed}
        label="Bookmarks"
        empty="Nothing kept yet. The ribbon under a tweet keeps it here."
      />
    </>
  )
}
