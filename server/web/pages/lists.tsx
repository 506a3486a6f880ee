// The reader's lists, and those of others that they follow.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { go } from '../navigation.ts'
import { CollectionForm } from '../parts/collection-form.tsx'
import { Collections } from '../parts/collections.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { useClient } from '../parts/use-client.ts'
import { listPath } from '../routes.ts'

export function ListsPage(): JSX.Element {
  const client = useClient()
  const [isMaking, setMaking] = useState(false)
  useTitle('Lists')
  return (
    <>
      <PageHead title="Lists" under="The tweets of some people, apart from all others">
        <button type="button" class="button page-deed" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          New list
        </button>
      </PageHead>
      <section class="part" aria-labelledby="own-lists">
        <h2 id="own-lists">Yours</h2>
        <Collections
          source={{ of: 'lists', userId: client.viewerId as UserId }}
          label="Your lists"
          empty="No list yet."
        />
      </section>
      <section class="part" aria-labelledby="followed-lists">
        <h2 id="followed-lists">Followed</h2>
        <Collections
          source={{ of: 'followedLists' }}
          label="Lists that you follow"
          empty="You follow no list of somebody else."
        />
      </section>
      {isMaking ? (
        <CollectionForm
          heading="New list"
          kind="list"
          save={async ({ title, description, isPrivate }) => {
            const { list } = await client.call('list.create', {
              name: title,
              description,
              private: isPrivate,
              operationId: client.makeId(),
            })
            go(listPath(list.id))
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
    </>
  )
}
