// The reader's moments, and those of others that they follow.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { go } from '../navigation.ts'
import { CollectionForm } from '../parts/collection-form.tsx'
import { Collections } from '../parts/collections.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { useClient } from '../parts/use-client.ts'
import { momentPath } from '../routes.ts'

export function MomentsPage(): JSX.Element {
  const client = useClient()
  const [isMaking, setMaking] = useState(false)
  useTitle('Moments')
  return (
    <>
      <PageHead title="Moments" under="Tweets that tell something together">
        <button type="button" class="button page-deed" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          New moment
        </button>
      </PageHead>
      <section class="part" aria-labelledby="own-moments">
        <h2 id="own-moments">Yours</h2>
        <Collections
          source={{ of: 'moments', userId: client.viewerId as UserId }}
          label="Your moments"
          empty="No moment yet. The menu of a tweet puts it into one."
        />
      </section>
      <section class="part" aria-labelledby="followed-moments">
        <h2 id="followed-moments">Followed</h2>
        <Collections
          source={{ of: 'followedMoments' }}
          label="Moments that you follow"
          empty="You follow no moment of somebody else."
        />
      </section>
      {isMaking ? (
        <CollectionForm
          heading="New moment"
          kind="moment"
          save={async ({ title, description }) => {
            const operationId = client.makeId()
            const made = await client.call('moment.create', { title, description, operationId })
            go(momentPath(made.moment.id))
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
    </>
  )
}
