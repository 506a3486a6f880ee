// The dialog that puts a user into the reader's lists, or a tweet into their moments.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { pageLimitMax } from '../../../protocol/limits.ts'
import type { Client } from '../client.ts'
import { listPath, momentPath } from '../routes.ts'
import type { CollectionValues } from './collection-form.tsx'
import { CollectionForm } from './collection-form.tsx'
import type { Collection } from './collections.tsx'
import { collectionOfList, collectionOfMoment } from './collections.tsx'
import { Dialog } from './dialog.tsx'
import { Icon } from './icons.tsx'
import { useClient } from './use-client.ts'
import { useDeed } from './use-deed.ts'

export type Added =
  | { readonly kind: 'list'; readonly userId: UserId }
  | { readonly kind: 'moment'; readonly tweetId: TweetId }

export function AddToDialog(props: {
  readonly added: Added
  readonly onClose: () => void
}): JSX.Element {
  const { added, onClose } = props
  const { kind } = added
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [collections, setCollections] = useState<readonly Collection[] | undefined>(undefined)
  const [isMaking, setMaking] = useState(false)
  useEffect(() => {
    void run(async () => setCollections(await readOwn(client, kind)))
  }, [kind])
  const put = async (collection: Collection): Promise<void> => {
    if (!(await run(() => add(client, added, collection.id)))) return
    const href = kind === 'list' ? listPath(collection.id) : momentPath(collection.id)
    client.notices.say(`Now in “${collection.title}”.`, { href })
    onClose()
  }
  if (isMaking) {
    return (
      <CollectionForm
        heading={kind === 'list' ? 'New list' : 'New moment'}
        kind={kind}
        save={async (values) => put(await make(client, kind, values))}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog title={kind === 'list' ? 'Add to a list' : 'Add to a moment'} onClose={onClose}>
      {collections === undefined ? <p role="status">Loading…</p> : null}
      <ul class="choose">
        {(collections ?? []).map((collection) => (
          <li key={collection.id}>
            <button
              type="button"
              class="menu-item"
              disabled={isRunning}
              onClick={() => void put(collection)}
            >
              <Icon name={collection.isHidden ? 'lock' : kind} />
              <bdi>{collection.title}</bdi>
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="menu-item" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            {kind === 'list' ? 'New list' : 'New moment'}
          </button>
        </li>
      </ul>
    </Dialog>
  )
}

async function readOwn(client: Client, kind: Added['kind']): Promise<readonly Collection[]> {
  const params = { userId: client.viewerId as UserId, limit: pageLimitMax }
  if (kind === 'list')
    return (await client.call('lists.ofUser', params)).lists.map(collectionOfList)
  return (await client.call('moments.ofUser', params)).moments.map(collectionOfMoment)
}

async function add(client: Client, added: Added, id: number): Promise<void> {
  if (added.kind === 'list') {
    await client.call('list.addMember', { listId: id, userId: added.userId })
  } else {
    await client.call('moment.addTweet', { momentId: id, tweetId: added.tweetId })
  }
}

async function make(
  client: Client,
  kind: Added['kind'],
  { title, description, isPrivate }: CollectionValues,
): Promise<Collection> {
  const operationId = client.makeId()
  if (kind === 'moment') {
    const { moment } = await client.call('moment.create', { title, description, operationId })
    return collectionOfMoment(moment)
  }
  const named = { name: title, description, private: isPrivate }
  const { list } = await client.call('list.create', { ...named, operationId })
  return collectionOfList(list)
}
