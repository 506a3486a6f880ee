// Those who ask to follow the reader.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { UserFeed } from '../parts/feed-list.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readUsers } from '../parts/read.ts'
import { RequestButtons } from '../parts/request-buttons.tsx'
import { useClient } from '../parts/use-client.ts'
import { Feed } from '../store/feed.ts'

export function RequestsPage(): JSX.Element {
  const client = useClient()
  useTitle('Follow requests')
  const [feed] = useState(
    () =>
      new Feed<UserId>((before) =>
        readUsers(client, client.call('user.followRequests', pageOf(before))),
      ),
  )
  return (
    <>
      <PageHead title="Follow requests" hasBack />
      <UserFeed
        feed={feed}
        label="Follow requests"
        empty="Nobody waits for an answer. Requests come when your account is protected."
        action={(userId) => <RequestButtons userId={userId} />}
      />
    </>
  )
}
