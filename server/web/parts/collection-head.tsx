// What stands above a list or a moment: what it is, whose, and what one can do with it.

import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { profilePath } from '../routes.ts'
import { Avatar } from './avatar.tsx'
import type { Collection } from './collections.tsx'
import { Confirm } from './dialog.tsx'
import { Icon } from './icons.tsx'
import { formatCount } from './tweet-actions.tsx'
import { useClient, useUser } from './use-client.ts'

/** @param props.children what more its owner can do */
export function CollectionHead(props: {
  readonly collection: Collection
  readonly followers: number
  readonly isFollowing: boolean
  readonly onFollow: () => void
  readonly onEdit: () => void
  readonly onDelete: () => void
  readonly children?: ComponentChildren
}): JSX.Element {
  const { collection, followers, isFollowing } = props
  const { title, description, ownerId, isHidden, kind, count } = collection
  const client = useClient()
  const owner = useUser(ownerId)
  const isOwn = ownerId === client.viewerId
  const what = kind === 'list' ? 'member' : 'tweet'
  return (
    <section class="collection-head" aria-label="About">
      <p class="collection-title">
        <bdi>{title}</bdi>
        {isHidden ? <Icon name="lock" /> : null}
      </p>
      {description === '' ? null : <p dir="auto">{description}</p>}
      <p class="collection-owner">
        <Avatar user={owner} size="small" />
        <span>
          by <a href={profilePath(owner?.handle ?? '')}>@{owner?.handle}</a> · {formatCount(count)}{' '}
          {count === 1 ? what : `${what}s`} · {formatCount(followers)}{' '}
          {followers === 1 ? 'follower' : 'followers'}
        </span>
      </p>
      <div class="collection-deeds">
        {isOwn ? <OwnerDeeds {...props} /> : null}
        {!isOwn && client.viewerId !== undefined ? (
          <button
            type="button"
            class={isFollowing ? 'button' : 'button button-main'}
            aria-pressed={isFollowing}
            onClick={props.onFollow}
          >
            {isFollowing ? 'Following' : `Follow this ${kind}`}
          </button>
        ) : null}
      </div>
    </section>
  )
}

function OwnerDeeds(props: {
  readonly collection: Collection
  readonly onEdit: () => void
  readonly onDelete: () => void
  readonly children?: ComponentChildren
}): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const { kind } = props.collection
  return (
    <>
      {props.children}
      <button type="button" class="button" onClick={props.onEdit}>
        Edit
      </button>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        Delete
      </button>
      {isAsking ? (
        <Confirm
          title={`Delete this ${kind}?`}
          text="Those who follow it lose it as well. The tweets in it stay."
          action="Delete"
          onConfirm={() => {
            setAsking(false)
            props.onDelete()
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  )
}
