// A list: the tweets of its members, and who they are. Its owner edits it here.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { List } from '../../../protocol/collections.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { go } from '../navigation.ts'
import { CollectionForm } from '../parts/collection-form.tsx'
import { CollectionHead } from '../parts/collection-head.tsx'
import { collectionOfList } from '../parts/collections.tsx'
import { TweetFeed, UserFeed } from '../parts/feed-list.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets, readUsers } from '../parts/read.ts'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import type { ListTab } from '../routes.ts'
import { listPath } from '../routes.ts'
import { Feed } from '../store/feed.ts'
import { LoadProblem, useLoaded } from './load.tsx'

export function ListPage(props: { readonly listId: string; readonly tab: ListTab }): JSX.Element {
  const client = useClient()
  const listId = Number(props.listId)
  const [changed, setChanged] = useState<List | undefined>(undefined)
  const loaded = useLoaded<List>(undefined, async () => {
    const answer = await client.call('list.get', { listId })
    client.entities.learn(answer)
    return answer.list
  })
  const list = changed ?? loaded.value
  useTitle(list === undefined ? 'List' : `${list.name} · List`)
  if (list === undefined) {
    return (
      <LoadProblem
        title="List"
        loaded={loaded}
        missing="There is no such list, or it is not for everybody."
      />
    )
  }
  return (
    <>
      <PageHead title={list.name} under="List" hasBack />
      <Head list={list} onChanged={setChanged} />
      <nav class="tabs" aria-label="Of this list">
        {(['tweets', 'members'] as const).map((tab) => (
          <a
            key={tab}
            href={listPath(listId, tab)}
            aria-current={tab === props.tab ? 'page' : undefined}
          >
            {tab === 'tweets' ? 'Tweets' : `Members`}
          </a>
        ))}
      </nav>
      {props.tab === 'tweets' ? (
        <Tweets listId={listId} />
      ) : (
        <Members list={list} onChanged={setChanged} />
      )}
    </>
  )
}

type HeadProps = { readonly list: List; readonly onChanged: (list: List) => void }

function Head({ list, onChanged }: HeadProps): JSX.Element {
  const client = useClient()
  const { run } = useDeed()
  const [isEditing, setEditing] = useState(false)
  const isFollowing = list.viewer?.following === true
  const follow = async (): Promise<void> => {
    const name = isFollowing ? 'list.unfollow' : 'list.follow'
    if (!(await run(() => client.call(name, { listId: list.id })))) return
    const followers = list.counts.followers + (isFollowing ? -1 : 1)
    const viewer = { following: !isFollowing }
    onChanged({ ...list, viewer, counts: { ...list.counts, followers } })
  }
  const remove = async (): Promise<void> => {
    const isDone = await run(
      () => client.call('list.delete', { listId: list.id }),
      'The list is deleted.',
    )
    if (isDone) go('/lists')
  }
  return (
    <>
      <CollectionHead
        collection={collectionOfList(list)}
        followers={list.counts.followers}
        isFollowing={isFollowing}
        onFollow={() => void follow()}
        onEdit={() => setEditing(true)}
        onDelete={() => void remove()}
      />
      {isEditing ? (
        <CollectionForm
          heading="Edit list"
          kind="list"
          start={{ title: list.name, description: list.description, isPrivate: list.private }}
          save={async ({ title, description, isPrivate }) => {
            const edited = { name: title, description, private: isPrivate }
            onChanged((await client.call('list.update', { listId: list.id, ...edited })).list)
          }}
          onClose={() => setEditing(false)}
        />
      ) : null}
    </>
  )
}

function Tweets({ listId }: { readonly listId: number }): JSX.Element {
  const client = useClient()
  const [feed] = useState(
    () =>
      new Feed<TweetId>((before) =>
        readTweets(client, client.call('timeline.list', { listId, ...pageOf(before) })),
      ),
  )
  return <TweetFeed feed={feed} label="Tweets of the list" empty="Its members are silent so far." />
}

function Members({ list, onChanged }: HeadProps): JSX.Element {
  const client = useClient()
  const { run } = useDeed()
  const listId = list.id
  const [feed] = useState(
    () =>
      new Feed<UserId>((before) =>
        readUsers(client, client.call('list.members', { listId, ...pageOf(before) })),
      ),
  )
  const takeOut = async (userId: UserId): Promise<void> => {
    const isDone = await run(async () => {
      onChanged((await client.call('list.removeMember', { listId, userId })).list)
    })
    if (isDone) feed.remove(userId)
  }
  const isOwn = list.ownerId === client.viewerId
  return (
    <>
      {isOwn ? (
        <p class="hint">People get here by the menu of their profile: “Add to a list”.</p>
      ) : null}
      <UserFeed
        feed={feed}
        label="Members"
        empty="Nobody is in this list yet."
        {...(isOwn
          ? {
              action: (userId: UserId) => (
                <button type="button" class="button" onClick={() => void takeOut(userId)}>
                  Take out
                </button>
              ),
            }
          : {})}
      />
    </>
  )
}
